/** The page of the benchmark in a real Electron. */
import { contestants, type ContestantName } from '../contestants/index.ts'
import type { Port } from '../lab/port.ts'
import { ipcRenderer } from './ipc-of-page.ts'
import { idOf } from '../state.ts'

const contestant = await contestants[decodeURIComponent(location.search.slice(1)) as ContestantName]()

window.addEventListener('message', ({ data, ports }) => {
  if (data === 'port') void join(ports[0] as MessagePort)
})

async function join(port: MessagePort): Promise<void> {
  const start = performance.now()
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
  ipcRenderer.send('ready', performance.now() - start)
  for (let n = 0; n < 10; n++) side.component(idOf(n), () => {})
  ipcRenderer.on('watch', (_, id, length) => {
    side.reader(id as string, (shown) => {
      if (shown === length) ipcRenderer.send('done')
    })
  })
}
