import { load } from '../peers/load.ts'
import type { Contestant, WindowEnd } from '../lab/contestant.ts'
import type { State } from '../state.ts'

interface YText {
  readonly length: number
  insert(index: number, text: string): void
  observe(run: () => void): void
  toString(): string
}
interface YMap {
  get(key: string): unknown
  set(key: string, value: unknown): void
  observe(run: () => void): void
  toJSON(): unknown
}
interface YDoc {
  getMap(name: string): YMap
  on(type: 'update', run: (update: Uint8Array) => void): void
  transact(run: () => void): void
}
interface Yjs {
  Doc: new () => YDoc
  Map: new () => YMap
  Text: new (text: string) => YText
  applyUpdate(doc: YDoc, update: Uint8Array): void
  encodeStateAsUpdate(doc: YDoc): Uint8Array
}

/** A map of maps, and a `Y.Text` for the text that grows. Updates cross a message port as they come. */
export const yjs: Contestant = {
  windowModules: ['yjs'],
  async main(state) {
    const Y = await load<Yjs>('yjs')
    const doc = new Y.Doc()
    const byId = doc.getMap('byId')
    doc.transact(() => {
      for (const { id, title, metadata } of Object.values(state.byId)) {
        const inner = new Y.Map()
        inner.set('model', metadata.model)
        inner.set('response', new Y.Text(metadata.response))
        const entity = new Y.Map()
        entity.set('id', id)
        entity.set('title', title)
        entity.set('metadata', inner)
        byId.set(id, entity)
      }
    })
    const windows = new Set<WindowEnd>()
    doc.on('update', (update) => {
      for (const { port } of windows) port.postMessage(update)
    })
    const metadata = (id: string): YMap => (byId.get(id) as YMap).get('metadata') as YMap
    return {
      open(window) {
        windows.add(window)
        window.port.on('message', () => {
          window.port.postMessage(Y.encodeStateAsUpdate(doc))
        })
        window.port.start()
      },
      close(window) {
        windows.delete(window)
      },
      set(id, model) {
        metadata(id).set('model', model)
      },
      append(id, chunk) {
        const text = metadata(id).get('response') as YText
        text.insert(text.length, chunk)
      },
      read: () => ({ byId: byId.toJSON() }) as State,
    }
  },
  async window(port) {
    const Y = await load<Yjs>('yjs')
    const doc = new Y.Doc()
    const byId = doc.getMap('byId')
    const metadata = (id: string): YMap => (byId.get(id) as YMap).get('metadata') as YMap
    const ready = new Promise<void>((resolve) => {
      port.on('message', (update) => {
        Y.applyUpdate(doc, update as Uint8Array)
        resolve()
      })
    })
    port.start()
    port.postMessage('join')
    const reader = (id: string, run: (length: number) => void): void => {
      const text = metadata(id).get('response') as YText
      text.observe(() => {
        run(text.length)
      })
    }
    return {
      ready,
      component(id, run) {
        const map = metadata(id)
        map.observe(() => {
          run(map.get('model') as string)
        })
      },
      reader,
      store: reader,
      read: () => ({ byId: byId.toJSON() }) as State,
    }
  },
}
