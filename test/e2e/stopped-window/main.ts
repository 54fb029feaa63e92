import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { app, BrowserWindow, protocol } from 'electron'
import type { Served } from '../../../src/protocol/serve.ts'
import { createSource } from '../../../src/source/index.ts'
import { serve } from '../../../src/transports/electron/main.ts'
import { chunk, streamStore } from './store.ts'

/** Memory of the main process, in bytes, when nothing is left to collect. */
export interface Memory {
  /** What the process has of the machine: the queues of its ports, too. */
  readonly rss: number
  /** What JavaScript holds. */
  readonly held: number
}

/** What the test reads and does, by `app.evaluate`: which may be in the middle of an update, so nothing here asks the source. */
export interface Streamer {
  /** Frames sent in each session so far, in the order in which the windows were opened. */
  readonly frames: number[]
  /** How many chunks have been committed. */
  chunks: number
  /** Opens a window and returns the id of its renderer process, once it has loaded. */
  open(): Promise<number>
  start(): void
  stop(): void
  memory(): Memory
}

const source = createSource(streamStore)
const frames: number[] = []
const counted: Served = {
  name: source.name,
  accept(hello, port) {
    const index = frames.push(0) - 1
    return source.accept(hello, {
      ...port,
      send(body) {
        frames[index]!++
        port.send(body)
      },
    })
  },
}

/** 1,000 chunks a second, however late the timer comes. */
function stream(): () => void {
  const began = performance.now()
  const timer = setInterval(() => {
    const due = Math.floor(performance.now() - began)
    for (let index = streamer.chunks; index < due; index++) source.append(['text'], chunk(index))
    source.update((draft) => {
      draft.chunks = due
      draft.at = Date.now()
      draft.chart = `${due} `.repeat(1500)
    })
    streamer.chunks = due
  }, 10)
  return () => clearInterval(timer)
}

let stop = (): void => {}
const streamer: Streamer = {
  frames,
  chunks: 0,
  async open() {
    const window = new BrowserWindow({ webPreferences: { sandbox: true, backgroundThrottling: false } })
    await window.loadURL('app://chat/')
    return window.webContents.getOSProcessId()
  },
  start() {
    stop = stream()
  },
  stop: () => stop(),
  memory() {
    const collect = (globalThis as { gc?: () => void }).gc
    if (collect === undefined) throw new Error('Electron was not started with --expose-gc')
    for (let round = 0; round < 3; round++) collect()
    const { rss, heapUsed, external } = process.memoryUsage()
    return { rss, held: heapUsed + external }
  },
}
Object.assign(globalThis, { streamer })

protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true } }])
serve([counted], { authorize: ({ origin }) => origin === 'app://chat' })

app.on('window-all-closed', () => {})
void app.whenReady().then(() => {
  protocol.handle('app', ({ url }) => {
    const isScript = new URL(url).pathname === '/page.js'
    const body = isScript
      ? readFileSync(join(import.meta.dirname, 'page.js'))
      : '<!doctype html><title>stream</title><script type="module" src="page.js"></script>'
    return new Response(body, { headers: { 'content-type': isScript ? 'text/javascript' : 'text/html' } })
  })
})
