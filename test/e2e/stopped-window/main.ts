import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { app, BrowserWindow, protocol } from 'electron'
import { serve } from '../../../src/transports/electron/main.ts'
import { startStreaming, type Streaming } from './streaming.ts'

/** Memory of the main process, in bytes, when nothing is left to collect. */
export interface Memory {
  /** What the process has of the machine: the queues of its ports, too. */
  readonly rss: number
  /** What JavaScript holds. */
  readonly held: number
}

/** What the test reads and does, by `app.evaluate`: which may be in the middle of an update, so nothing here asks the source. */
export interface Streamer {
  readonly streaming: Streaming
  /** Opens a window and returns the id of its renderer process, once it has loaded. */
  open(): Promise<number>
  memory(): Memory
}

const streaming = startStreaming()
const streamer: Streamer = {
  streaming,
  async open() {
    const window = new BrowserWindow({ webPreferences: { sandbox: true, backgroundThrottling: false } })
    await window.loadURL('app://chat/')
    return window.webContents.getOSProcessId()
  },
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
serve([streaming.source], { authorize: ({ origin }) => origin === 'app://chat' })

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
