import { load } from '../peers/load.ts'
import type { Contestant } from '../lab/contestant.ts'
import type { FakeWebContents } from '../lab/electron/main.ts'
import { contextBridge } from '../lab/electron/window.ts'
import { withMetadata, type State } from '../state.ts'
import { storeSide, type PlainStore } from './store-side.ts'

interface Store extends PlainStore {
  setState(change: Partial<State> | ((state: State) => Partial<State>)): void
}
interface Zustand {
  createStore(initial: () => State): Store
}
interface ZubridgeMain {
  createZustandBridge(
    store: Store,
    options: { handlers: Record<string, (payload: { id: string; model: string }) => void> },
  ): { subscribe(windows: FakeWebContents[]): { unsubscribe(): void } }
}
interface Handlers {
  dispatch(type: string, payload: unknown): Promise<unknown>
  getState(): Promise<unknown>
}
interface ZubridgePreload {
  preloadBridge(): { handlers: Handlers }
}
interface ZubridgeRenderer {
  createUseStore(): PlainStore
}

export const zubridge: Contestant = {
  windowModules: ['@zubridge/electron/preload', '@zubridge/electron'],
  async main(state) {
    const { createStore } = await load<Zustand>('zustand/vanilla')
    const { createZustandBridge } = await load<ZubridgeMain>('@zubridge/electron/main')
    const store = createStore(() => state)
    const set = (id: string, model: string): void => {
      store.setState((now) => withMetadata(now, id, { model }))
    }
    const bridge = createZustandBridge(store, {
      handlers: {
        set: ({ id, model }) => {
          set(id, model)
        },
      },
    })
    return {
      open({ webContents }) {
        bridge.subscribe([webContents])
      },
      set,
      append(id, chunk) {
        store.setState((now) => withMetadata(now, id, { response: now.byId[id]?.metadata.response + chunk }))
      },
      read: () => store.getState(),
    }
  },
  async window() {
    const { preloadBridge } = await load<ZubridgePreload>('@zubridge/electron/preload')
    const { handlers } = preloadBridge()
    contextBridge.exposeInMainWorld('zubridge', handlers)
    const { createUseStore } = await load<ZubridgeRenderer>('@zubridge/electron')
    const store = createUseStore()
    const side = storeSide({ getState: store.getState, subscribe: store.subscribe })
    return {
      ready: new Promise<void>((resolve) => {
        store.subscribe(() => {
          resolve()
        })
      }),
      ...side,
      command: (id, model) => handlers.dispatch('set', { id, model }),
    }
  },
}
