import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { app, BrowserWindow, protocol } from 'electron'
import type { Served } from '../../../src/protocol/serve.ts'
import { createSource } from '../../../src/source/index.ts'
import { serve } from '../../../src/transports/electron/main.ts'
import { counterStore } from './store.ts'

/** What the test reads and does, by `app.evaluate`. */
export interface Fixture {
  /** Sessions that have begun and have not ended. */
  sessions: number
  readonly refusals: string[]
  readonly problems: string[]
  count(): number
  /** Opens a window, with or without entering it into the list of windows that `authorize` knows. */
  open(url: string, listed: boolean): void
}

const source = createSource(counterStore, {
  commands: {
    add: (_, context) => context.source.update((draft) => ++draft.count),
  },
})
const listed = new Set<number>()

const counted: Served = {
  name: source.name,
  accept(hello, port) {
    const session = source.accept(hello, port)
    fixture.sessions += 1
    return {
      receive: (frame) => session.receive(frame),
      close() {
        fixture.sessions -= 1
        session.close()
      },
    }
  },
}

const fixture: Fixture = {
  sessions: 0,
  refusals: [],
  problems: [],
  count: () => source.get().count,
  open(url, isListed) {
    const window = new BrowserWindow({
      webPreferences: {
        sandbox: true,
        contextIsolation: true,
        // Gives subframes the preload script too: without it they could not even ask.
        nodeIntegrationInSubFrames: true,
        preload: join(import.meta.dirname, 'forger.cjs'),
      },
    })
    if (isListed) listed.add(window.webContents.id)
    void window.loadURL(url)
  },
}
Object.assign(globalThis, { fixture })
process.on('uncaughtException', (error) => fixture.problems.push(String(error)))

protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true } }])
serve([counted], {
  authorize: ({ origin, webContentsId }) => origin === 'app://chat' && listed.has(webContentsId),
  onRefused: (error, peer) => fixture.refusals.push(`${error.code} ${peer.origin} ${peer.url}`),
})

// Every host serves the same pages: only its origin tells a foreign one.
const pages: Record<string, string> = {
  '/': '<title>counter</title><script type="module" src="page.js"></script>',
  '/bare': '<title>bare</title>',
  '/framed': '<title>framed</title><iframe src="app://chat/bare"></iframe>',
}

app.on('window-all-closed', () => {})
void app.whenReady().then(() => {
  protocol.handle('app', ({ url }) => {
    const path = new URL(url).pathname
    if (path === '/page.js') {
      return new Response(readFileSync(join(import.meta.dirname, 'page.js')), {
        headers: { 'content-type': 'text/javascript' },
      })
    }
    return new Response(`<!doctype html>${pages[path]}`, { headers: { 'content-type': 'text/html' } })
  })
})
