import { load } from '../peers/load.ts'
import type { Contestant } from '../lab/contestant.ts'
import type { Entity, State } from '../state.ts'
import { ipcMain } from '../lab/electron/main.ts'
import { ipcRenderer } from '../lab/electron/window.ts'
import { storeSide } from './store-side.ts'

interface SharedStore {
  setState(recipe: (draft: State) => void): State
  getState(): State
  subscribe(run: (state: State) => void): () => void
}
interface Module {
  createSharedStore(state: State): SharedStore
}

/**
 * Both sides make the same initial state by themselves; only patches cross. It has no way to give a window that opens late
 * what has changed before, so here the window asks for the initial state by `invoke`.
 */
export const electronSharedState: Contestant = {
  async main(state) {
    const { createSharedStore } = await load<Module>('electron-shared-state')
    const store = createSharedStore(state)
    ipcMain.handle('get-state', () => store.getState())
    return {
      // Windows tell that they are there by themselves.
      open() {},
      set(id, model) {
        store.setState((draft) => {
          ;(draft.byId[id] as Entity).metadata.model = model
        })
      },
      append(id, chunk) {
        store.setState((draft) => {
          ;(draft.byId[id] as Entity).metadata.response += chunk
        })
      },
      read: () => store.getState(),
    }
  },
  async window() {
    const { createSharedStore } = await load<Module>('electron-shared-state')
    const store = createSharedStore((await ipcRenderer.invoke('get-state')) as State)
    return { ready: Promise.resolve(), ...storeSide(store) }
  },
}
