import { connect } from '../../../src/transports/electron/renderer.ts'
import { counterStore } from './store.ts'

const counter = connect(counterStore)
counter.subscribe(({ count }) => {
  document.title = `count ${count}`
})
Object.assign(window, { counter })
