/** The page of the benchmark in a real Electron. */
import { contestants, type ContestantName } from '../contestants/index.ts'
import type { Port } from '../lab/port.ts'
import { ipcRenderer } from './ipc-of-page.ts'
import { idOf } from '../state.ts'

// Ahead of the first `await`, so that no port comes too early.
const ports = new Promise<MessagePort>((resolve) => {
  window.addEventListener('message', (event) => {
    if (event.data === 'port') resolve(event.ports[0] as MessagePort)
  })
})
const contestant = await contestants[decodeURIComponent(location.search.slice(1)) as ContestantName]()
const port = await ports
const adapted: Port = {
  postMessage: (message) => {
    port.postMessage(message)
  },
  on: (type, listener) => {
    if (type !== 'message') return
    port.addEventListener('message', ({ data }) => {
      listener(data as unknown)
    })
  },
  start: () => {
    port.start()
  },
  close: () => {
    port.close()
  },
}
const side = await contestant.window(adapted, {})
await side.ready
for (let n = 0; n < 10; n++) side.component(idOf(n), () => {})

const lengths = new Map<string, number>()
let shown = 0
let awaited = Number.POSITIVE_INFINITY
ipcRenderer.on('watch', (_, ids) => {
  for (const id of ids as string[]) {
    side.reader(id, (length) => {
      shown += length - (lengths.get(id) ?? 0)
      lengths.set(id, length)
      if (shown < awaited) return
      awaited = Number.POSITIVE_INFINITY
      ipcRenderer.send('shown')
    })
  }
})
ipcRenderer.on('await', (_, length) => {
  awaited = length as number
})
ipcRenderer.on('command', (_, count, parallel) => {
  void call(count as number, parallel as number).then(() => {
    ipcRenderer.send('answered')
  })
})
async function call(count: number, parallel: number): Promise<void> {
  const { command } = side
  if (command === undefined) throw new Error('There are no commands')
  for (let sent = 0; sent < count; sent += parallel)
    await Promise.all(Array.from({ length: parallel }, (__, n) => command(idOf(0), `c${sent + n}`)))
}
ipcRenderer.send('ready')
