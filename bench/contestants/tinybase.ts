import { load } from '../peers/load.ts'
import type { Contestant } from '../lab/contestant.ts'
import type { Port } from '../lab/port.ts'
import type { State } from '../state.ts'

type Cells = Record<string, string>
interface Store {
  setTable(table: string, rows: Record<string, Cells>): void
  setCell(table: string, row: string, cell: string, value: string): void
  getCell(table: string, row: string, cell: string): string
  getTable(table: string): Record<string, Cells>
  addCellListener(table: string, row: string, cell: string, run: () => void): void
}
type Receive = (from: string, request: string | null, message: number, body: unknown) => void
interface Synchronizer {
  startSync(): Promise<Synchronizer>
  destroy(): Promise<unknown>
}
interface Module {
  createMergeableStore(): Store
}
interface Synchronizers {
  createCustomSynchronizer(
    store: Store,
    send: (to: string | null, request: string | null, message: number, body: unknown) => void,
    register: (receive: Receive) => void,
    destroy: () => void,
    timeout: number,
  ): Synchronizer
}

type Message = readonly [request: string | null, message: number, body: unknown]

/** A table of entities in a mergeable store on each side, and a synchronizer of each window's over its message port. */
async function synchronize(store: Store, port: Port): Promise<Synchronizer> {
  const { createCustomSynchronizer } = await load<Synchronizers>('tinybase/synchronizers')
  return createCustomSynchronizer(
    store,
    (_, request, message, body) => {
      port.postMessage([request, message, body] satisfies Message)
    },
    (receive) => {
      port.on('message', (data) => {
        const [request, message, body] = data as Message
        receive('other', request, message, body)
      })
      port.start()
    },
    () => {},
    60,
  )
}

const table = 'entities'

function read(store: Store): State {
  const entries = Object.entries(store.getTable(table)).map(
    ([key, { id = '', title = '', model = '', response = '' }]) => [key, { id, title, metadata: { model, response } }],
  )
  return { byId: Object.fromEntries(entries) as State['byId'] }
}

export const tinybase: Contestant = {
  windowModules: ['tinybase', 'tinybase/synchronizers'],
  async main(state) {
    const { createMergeableStore } = await load<Module>('tinybase')
    await load('tinybase/synchronizers')
    const store = createMergeableStore()
    store.setTable(
      table,
      Object.fromEntries(
        Object.entries(state.byId).map(([key, { id, title, metadata }]) => [key, { id, title, ...metadata }]),
      ),
    )
    return {
      open({ port }) {
        void synchronize(store, port).then((synchronizer) => synchronizer.startSync())
      },
      set(id, model) {
        store.setCell(table, id, 'model', model)
      },
      append(id, chunk) {
        store.setCell(table, id, 'response', store.getCell(table, id, 'response') + chunk)
      },
      read: () => read(store),
    }
  },
  async window(port) {
    const { createMergeableStore } = await load<Module>('tinybase')
    const store = createMergeableStore()
    const synchronizer = await synchronize(store, port)
    const reader = (id: string, run: (length: number) => void): void => {
      store.addCellListener(table, id, 'response', () => {
        run(store.getCell(table, id, 'response').length)
      })
    }
    return {
      ready: synchronizer.startSync(),
      component(id, run) {
        store.addCellListener(table, id, 'model', () => {
          run(store.getCell(table, id, 'model'))
        })
      },
      reader,
      store: reader,
      read: () => read(store),
    }
  },
}
