import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { app, BrowserWindow, protocol, session } from 'electron'
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
  /** Paths of what pages have loaded. */
  readonly loaded: string[]
  count(): number
  add(): void
  /**
   * Opens a window, with or without entering it into the list of windows that `authorize` knows; in a session of its own,
   * where nothing has installed the preload script, if that has a name.
   */
  open(url: string, listed: boolean, ownSession?: string): void
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
  loaded: [],
  count: () => source.get().count,
  add: () => source.update((draft) => void ++draft.count),
  open(url, isListed, ownSession) {
    const own = ownSession === undefined ? undefined : session.fromPartition(ownSession)
    own?.protocol.handle('app', respond)
    const window = new BrowserWindow({
      webPreferences: {
        sandbox: true,
        contextIsolation: true,
        ...(own === undefined ? {} : { session: own }),
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
void app.whenReady().then(() => protocol.handle('app', respond))

function respond({ url }: Request): Response {
  const path = new URL(url).pathname
  fixture.loaded.push(path)
  // As strict as can be, so that it shows if the library needs more.
  const headers = { 'content-security-policy': "default-src 'none'; script-src 'self'; frame-src 'self'" }
  if (path.endsWith('.js')) {
    const script = readFileSync(join(import.meta.dirname, basename(path)))
    return new Response(script, { headers: { ...headers, 'content-type': 'text/javascript' } })
  }
  return new Response(`<!doctype html>${pages[path]}`, { headers: { ...headers, 'content-type': 'text/html' } })
}
