import { load } from '../peers/load.ts'
import type { Contestant } from '../lab/contestant.ts'
import { withMetadata, type State } from '../state.ts'
import { storeSide } from './store-side.ts'
import { writable } from './writable.ts'

interface MainModule {
  state(options: { name: string; initialValue: State }): { get(): State; set(state: State): void }
}
interface PreloadModule {
  exposeSyncState(): void
}
interface SyncState {
  subscribe(options: { name: string }, listener: (state: State) => void): () => void
}

const name = 'tabs'

export const electronStateSync: Contestant = {
  windowModules: ['electron-state-sync/preload'],
  async main(initialValue) {
    const { state } = await load<MainModule>('electron-state-sync/main')
    const tabs = state({ name, initialValue })
    return {
      // Windows subscribe by themselves.
      open() {},
      set(id, model) {
        tabs.set(withMetadata(tabs.get(), id, { model }))
      },
      append(id, chunk) {
        const { response } = (tabs.get().byId[id] as State['byId'][string]).metadata
        tabs.set(withMetadata(tabs.get(), id, { response: response + chunk }))
      },
      read: () => tabs.get(),
    }
  },
  async window() {
    const { exposeSyncState } = await load<PreloadModule>('electron-state-sync/preload')
    exposeSyncState()
    const { syncState } = globalThis as unknown as { syncState: SyncState }
    const store = writable<State>({ byId: {} })
    return {
      ready: new Promise<void>((resolve) => {
        syncState.subscribe({ name }, (state) => {
          store.set(state)
          resolve()
        })
      }),
      ...storeSide({ getState: store.get, subscribe: store.subscribe }),
    }
  },
}
