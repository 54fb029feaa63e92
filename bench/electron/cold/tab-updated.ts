/** The state is asked for, by what people expose of `ipcRenderer`. */
import type { State } from '../../state.ts'
import { ipcRenderer } from '../ipc-of-page.ts'

const state = (await ipcRenderer.invoke('get-state')) as State
if (state.byId['entity-3']?.title !== 'Title 3') throw new Error('The first value is wrong')
ipcRenderer.send('first value')
