import './styles/tokens.css'
import './styles/base.css'
import './styles/prose.css'
import { mount } from 'svelte'
import { applyTheme } from './theme.ts'

// Before the first paint; the setting is followed as soon as it is known.
applyTheme('system')

// Imported only now: connecting takes the token out of the URL, which the route then reads.
const { default: App } = await import('./App.svelte')
const target = document.querySelector('#app')
if (target !== null) mount(App, { target })
