import { load } from '../peers/load.ts'
import type { Contestant } from '../lab/contestant.ts'
import { withMetadata, type State } from '../state.ts'
import { storeSide } from './store-side.ts'

interface Action {
  readonly type: string
  readonly payload?: { readonly id: string; readonly model?: string; readonly chunk?: string }
}
interface Store {
  getState(): State
  subscribe(run: () => void): () => void
  dispatch(action: Action): void
}
interface Redux {
  legacy_createStore(reducer: (state: State, action: Action) => State, ...more: unknown[]): Store
}
interface ElectronRedux {
  stateSyncEnhancer(): unknown
}

/** Spread, which is the cheapest that a reducer can do. */
function reducer(state: State = { byId: {} }, { type, payload }: Action): State {
  if (payload === undefined) return state
  const { id, model, chunk } = payload
  if (type === 'set' && model !== undefined) return withMetadata(state, id, { model })
  if (type === 'append') return withMetadata(state, id, { response: state.byId[id]?.metadata.response + (chunk ?? '') })
  return state
}

export const electronRedux: Contestant = {
  windowModules: ['redux', 'electron-redux/lib/renderer.js'],
  async main(state) {
    const { legacy_createStore } = await load<Redux>('redux')
    const { stateSyncEnhancer } = await load<ElectronRedux>('electron-redux/lib/main.js')
    const store = legacy_createStore(reducer, state, stateSyncEnhancer())
    return {
      // It sends to all web contents that there are.
      open() {},
      set(id, model) {
        store.dispatch({ type: 'set', payload: { id, model } })
      },
      append(id, chunk) {
        store.dispatch({ type: 'append', payload: { id, chunk } })
      },
      read: () => store.getState(),
    }
  },
  async window() {
    const { legacy_createStore } = await load<Redux>('redux')
    await load('electron-redux/lib/preload.js')
    const { stateSyncEnhancer } = await load<ElectronRedux>('electron-redux/lib/renderer.js')
    // Asks for the state synchronously.
    const store = legacy_createStore(reducer, stateSyncEnhancer())
    return { ready: Promise.resolve(), ...storeSide(store) }
  },
}
