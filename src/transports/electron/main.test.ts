import { EventEmitter } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Session } from 'electron'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { SyncError } from '../../error.ts'
import type { Connection, Peer } from '../../protocol/connection.ts'
import { serve, type ElectronPeer, type ServeOptions } from './main.ts'

const { serveConnection, electron } = vi.hoisted(() => ({
  serveConnection: vi.fn(),
  // Filled anew for each test.
  electron: {} as {
    app: EventEmitter & { isReady(): boolean }
    ipcMain: EventEmitter
    session: { defaultSession: unknown }
  },
}))
vi.mock('../../protocol/serve.ts', () => ({ serveConnection }))
vi.mock('electron', () => ({
  get app() {
    return electron.app
  },
  get ipcMain() {
    return electron.ipcMain
  },
  get session() {
    return electron.session
  },
}))

/** Any file that is there. */
const preload = fileURLToPath(import.meta.url)
const page = 'app://chat'
let ready: boolean
let refusals: [SyncError, ElectronPeer][]
let accepted: { connection: Connection; peer: Peer; events: string[]; stop: () => void }[]

beforeEach(() => {
  ready = true
  refusals = []
  accepted = []
  Object.assign(electron, {
    app: Object.assign(new EventEmitter(), { isReady: () => ready }),
    ipcMain: new EventEmitter(),
    session: { defaultSession: new FakeSession() },
  })
  serveConnection.mockReset().mockImplementation((_sources, connection: Connection, peer: Peer) => {
    const events: string[] = []
    const stop = vi.fn()
    connection.subscribe({ message: (text) => events.push(text), close: () => events.push('close') })
    accepted.push({ connection, peer, events, stop })
    return stop
  })
})

/** A session of Electron 25 to 34. */
class FakeSession {
  preloads: string[] = ['/other.cjs']
  getPreloads(): string[] {
    return this.preloads
  }
  setPreloads(preloads: string[]): void {
    this.preloads = preloads
  }
}

/** A session of Electron 35 and later. */
class NewSession {
  readonly scripts = new Map<string, unknown>()
  registerPreloadScript(script: unknown): string {
    this.scripts.set('id', script)
    return 'id'
  }
  unregisterPreloadScript(id: string): void {
    this.scripts.delete(id)
  }
}

class FakePort extends EventEmitter {
  readonly sent: string[] = []
  start = vi.fn()
  close = vi.fn()
  postMessage(text: string): void {
    this.sent.push(text)
  }
}

function start(options: Partial<ServeOptions> = {}): () => void {
  return serve([], {
    authorize: ({ origin }) => origin === page,
    preload,
    onRefused: (...refusal) => refusals.push(refusal),
    ...options,
  })
}

/** A page's port arrives in main. */
function knock(event: object = {}, ports: FakePort[] | undefined = [new FakePort()]): FakePort {
  const frame = { origin: page, url: `${page}/index.html`, parent: null, detached: false }
  electron.ipcMain.emit('lockstep:connect', { sender: { id: 7 }, senderFrame: frame, ports, ...event })
  return ports[0]!
}

const frameOf = (changes: object) => ({
  senderFrame: { origin: page, url: `${page}/index.html`, parent: null, detached: false, ...changes },
})

describe('serve', () => {
  it('lets an authorized page in and carries its frames', () => {
    start()
    const port = knock()
    expect(accepted[0]!.peer).toEqual({
      transport: 'electron',
      origin: page,
      url: `${page}/index.html`,
      webContentsId: 7,
    })
    port.emit('message', { data: 'up', ports: [] })
    accepted[0]!.connection.send('down')
    expect(accepted[0]!.events).toEqual(['up'])
    expect(port.sent).toEqual(['down'])
    expect(refusals).toEqual([])
  })

  it('lets a page of an Electron in that knows no `detached`', () => {
    start()
    knock(frameOf({ detached: undefined }))
    expect(accepted).toHaveLength(1)
  })

  it('ends the sessions of a page whose port closes', () => {
    start()
    const port = knock()
    port.emit('close')
    expect(accepted[0]!.events).toEqual(['close'])
    expect(accepted[0]!.stop).toHaveBeenCalled()
  })

  it.each<[string, object]>([
    ['a subframe', frameOf({ parent: {} })],
    ['a detached frame', frameOf({ detached: true })],
    ['a frame that has gone', { senderFrame: null }],
    [
      'a frame that was disposed',
      {
        get senderFrame() {
          throw new Error('Render frame was disposed before WebFrameMain could be accessed')
        },
      },
    ],
    ['a foreign origin', frameOf({ origin: 'https://evil.example' })],
    ['an opaque origin', frameOf({ origin: 'null' })],
  ])('refuses %s, tells it why and closes its port', (_, event) => {
    start()
    const port = new FakePort()
    electron.ipcMain.emit(
      'lockstep:connect',
      Object.defineProperties({ sender: { id: 7 }, ports: [port] }, Object.getOwnPropertyDescriptors(event)),
    )
    port.emit('message', { data: 'up', ports: [] })
    expect(serveConnection).not.toHaveBeenCalled()
    expect(refusals).toHaveLength(1)
    const [error, peer] = refusals[0]!
    expect([error.code, peer.webContentsId]).toEqual(['refused', 7])
    expect(port.sent).toEqual([JSON.stringify([0, 'refused', 'refused', error.message]), ''])
    expect(port.close).toHaveBeenCalled()
  })

  it.each<[string, () => unknown]>([
    ['false', () => false],
    ['a truthy value', () => 1],
    ['nothing', () => undefined],
    ['a promise', () => Promise.resolve(true)],
    [
      'an exception',
      () => {
        throw new Error('broken')
      },
    ],
  ])('refuses a page when `authorize` answers %s', (_, authorize) => {
    start({ authorize: authorize as () => boolean })
    knock()
    expect(serveConnection).not.toHaveBeenCalled()
    expect(refusals[0]![0].code).toBe('refused')
  })

  it('refuses a message without a port, as `ipcRenderer.send` can forge it, or with several', () => {
    start()
    electron.ipcMain.emit('lockstep:connect', { sender: { id: 7 }, ...frameOf({}) })
    const ports = [new FakePort(), new FakePort()]
    knock({}, ports)
    expect(serveConnection).not.toHaveBeenCalled()
    expect(refusals).toHaveLength(2)
    for (const port of ports) expect(port.close).toHaveBeenCalled()
  })

  it('refuses more than 16 connections of one page at once', () => {
    start()
    const ports = Array.from({ length: 16 }, () => knock())
    knock()
    expect(refusals.map(([error]) => error.code)).toEqual(['too-many'])
    knock({ sender: { id: 8 } })
    ports[0]!.emit('close')
    knock()
    expect(accepted).toHaveLength(18)
  })

  it('warns on the console unless it has somebody to tell', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    serve([], { preload, authorize: () => false })
    knock()
    expect(warn.mock.calls).toEqual([[expect.stringContaining('"app://chat" (webContents 7) was refused')]])
    warn.mockRestore()
  })

  it('stops: no more connections, ports closed, preload taken back', () => {
    const custom = new NewSession()
    const stop = start({ sessions: [custom as unknown as Session] })
    const port = knock()
    stop()
    expect(accepted[0]!.events).toEqual(['close'])
    expect(port.sent).toEqual([''])
    expect(port.close).toHaveBeenCalled()
    expect(custom.scripts.size).toBe(0)
    expect(electron.session.defaultSession).toHaveProperty('preloads', ['/other.cjs'])
    knock()
    expect(accepted).toHaveLength(1)
    start()
  })
})

describe("serve's preload script", () => {
  it('is added to what the default session and those given run', () => {
    const custom = new NewSession()
    start({ sessions: [custom as unknown as Session, electron.session.defaultSession as Session] })
    expect(electron.session.defaultSession).toHaveProperty('preloads', ['/other.cjs', preload])
    expect([...custom.scripts.values()]).toEqual([{ type: 'frame', filePath: preload }])
  })

  it('is installed at `ready`, before anybody who listens for that', () => {
    ready = false
    const { defaultSession } = electron.session
    electron.session.defaultSession = undefined
    let seen: unknown
    electron.app.on('ready', () => {
      seen = electron.session.defaultSession
      expect(seen).toHaveProperty('preloads', ['/other.cjs', preload])
    })
    start()
    electron.session.defaultSession = defaultSession
    electron.app.emit('ready')
    expect(seen).toBe(defaultSession)
  })

  it('is not installed when serving was stopped before `ready`', () => {
    ready = false
    start()()
    electron.app.emit('ready')
    expect(electron.session.defaultSession).toHaveProperty('preloads', ['/other.cjs'])
  })

  it('has to be there', () => {
    for (const file of ['/nowhere/preload.cjs', 'package.json']) {
      expect(() => start({ preload: file })).toThrow(
        expect.objectContaining({ code: 'setup', message: expect.stringMatching(/`preload`/) }),
      )
    }
    // Not built: beside the sources there is none.
    expect(() => serve([], { authorize: () => true })).toThrow(/preload\.cjs/)
    expect(electron.ipcMain.listenerCount('lockstep:connect')).toBe(0)
  })
})

describe('serve cannot', () => {
  it('do without `authorize`', () => {
    expect(() => serve([], { preload } as unknown as ServeOptions)).toThrow(expect.objectContaining({ code: 'setup' }))
  })

  it('be called twice at a time', () => {
    start()
    expect(() => start()).toThrow(expect.objectContaining({ code: 'setup' }))
  })
})
