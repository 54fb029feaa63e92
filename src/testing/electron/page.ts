/** One document in a window or in a frame of it, and the code that runs there. */
import type { StoreDefinition } from '../../definition.ts'
import { SyncError } from '../../error.ts'
import type { Connection } from '../../protocol/connection.ts'
import { createReplica, type Replica } from '../../replica/index.ts'
import { pageConnection } from '../../transports/electron/page.ts'
import { introduce } from '../origin.ts'
import { acrossBridge } from './bridge.ts'
import type { FakeWebContents } from './contents.ts'
import { FakeEmitter } from './emitter.ts'
import { FakeFrame } from './frame.ts'
import { FakeIpcRenderer } from './ipc-renderer.ts'
import { FakePort, PortEnd, takePorts } from './ports.ts'
import type { World } from './world.ts'

/** The page's `window`: what is not its own is the test's global of that name. */
export interface FakeWindow {
  postMessage(message: unknown, targetOrigin: string, transfer?: readonly unknown[]): void
  addEventListener(type: string, listener: (event: never) => void): void
  removeEventListener(type: string, listener: (event: never) => void): void
  readonly [name: string]: unknown
}

export class FakePage {
  readonly url: string
  readonly origin: string
  readonly window: FakeWindow
  readonly ipcRenderer: FakeIpcRenderer
  readonly contextBridge: { exposeInMainWorld(name: string, api: unknown): void }
  readonly contents: FakeWebContents
  readonly frame: FakeFrame
  /** What the preload has exposed. */
  readonly exposed: Map<string, unknown> = new Map()
  /** The ports that it has. */
  readonly ends: Set<PortEnd> = new Set()
  readonly #world: World
  readonly #events = new FakeEmitter()
  readonly #frames = new Set<FakePage>()
  #alive = true
  readonly #replicas = new Map<unknown, unknown>()
  #connection: Connection | undefined

  constructor(world: World, contents: FakeWebContents, url: string, parent?: FakePage) {
    this.#world = world
    this.contents = contents
    this.url = url
    this.origin = originOf(url)
    this.frame = new FakeFrame(this, parent?.frame ?? null)
    this.window = this.#createWindow(parent)
    this.ipcRenderer = new FakeIpcRenderer(world, this)
    this.contextBridge = {
      exposeInMainWorld: (name, api) => {
        if (this.exposed.has(name))
          throw new Error(`Cannot bind an API on top of an existing property on the window object: ${name}`)
        this.exposed.set(name, acrossBridge(api))
      },
    }
    world.pages.add(this)
  }

  /** Whether it is still there: it is not reloaded, navigated away, crashed or closed. */
  get alive(): boolean {
    return this.#alive
  }

  /**
   * Runs code of the page: `window`, `MessageChannel` and what its preload has exposed are globals meanwhile, and electron's
   * `ipcRenderer` and `contextBridge` are those of this page. Code that is async has them until its promise is settled.
   */
  run<T>(code: () => T): T {
    if (!this.#alive) throw new SyncError('closed', `The page ${this.url} has gone: it runs no code any more`)
    return this.#world.enter(this, code)
  }

  /** What `connect` of lockstep/electron/renderer returns in this page: always the same replica for the same definition. */
  connect<State extends object, Commands>(definition: StoreDefinition<State, Commands>): Replica<State, Commands> {
    return this.run(() => {
      const existing = this.#replicas.get(definition) as Replica<State, Commands> | undefined
      if (existing && existing.status.get() !== 'closed') return existing
      this.#connection ??= pageConnection(this.window as unknown as Window, this.#world.clock, () => {
        this.#connection = undefined
      })
      const replica = createReplica(definition, this.#connection, { clock: this.#world.clock })
      this.#replicas.set(definition, replica)
      introduce(replica, {
        clock: this.#world.clock,
        gone: () =>
          this.#alive
            ? undefined
            : `its page ${this.url} has gone (reloaded, crashed or closed): connect in the new one, electron.page().`,
      })
      return replica
    })
  }

  /** A frame in the page, with the preload scripts (as with `nodeIntegrationInSubFrames`, the worst that can be). */
  async subframe(url: string): Promise<FakePage> {
    const page = new FakePage(this.#world, this.contents, url, this)
    this.#frames.add(page)
    await this.contents.runPreloads(page)
    return page
  }

  /** Loads the page anew; resolves with the new one. */
  async reload(): Promise<FakePage> {
    await this.contents.loadURL(this.url)
    return this.contents.currentPage()
  }

  /** Goes to another page in the same window; resolves with that. */
  async navigate(url: string): Promise<FakePage> {
    await this.contents.loadURL(url)
    return this.contents.currentPage()
  }

  /** Its renderer process dies: nobody there is told anything. */
  crash(): void {
    this.contents.forcefullyCrashRenderer()
  }

  /** Its window is closed. */
  close(): void {
    this.contents.close()
  }

  /** Called by the fake when the document goes away. */
  end(): void {
    if (!this.#alive) return
    this.#alive = false
    for (const frame of this.#frames) frame.end()
    this.#world.pages.delete(this)
    for (const end of [...this.ends]) end.close()
  }

  /** Delivers something that happens to the page, unless it has gone by then. */
  later(happen: () => void): void {
    this.#world.delivery.later(() => {
      if (this.#alive) this.#world.enter(this, happen)
    })
  }

  port(end: PortEnd): FakePort {
    return new FakePort(end, this, (run) => {
      if (this.#alive) this.#world.enter(this, run)
    })
  }

  #createWindow(parent: FakePage | undefined): FakeWindow {
    const makePort = (end: PortEnd): FakePort => this.port(end)
    const { delivery } = this.#world
    const own: Record<string, unknown> = {
      postMessage: this.#receive(() => this.window),
      addEventListener: (type: string, listener: (event: never) => void) => void this.#events.on(type, listener),
      removeEventListener: (type: string, listener: (event: never) => void) => void this.#events.off(type, listener),
      location: { href: this.url, origin: this.origin },
      MessageChannel: class {
        readonly port1: FakePort
        readonly port2: FakePort
        constructor() {
          const [a, b] = PortEnd.pair(delivery)
          this.port1 = makePort(a)
          this.port2 = makePort(b)
        }
      },
    }
    const window: FakeWindow = new Proxy(own, {
      get: (_, name) =>
        Object.hasOwn(own, name)
          ? own[name as string]
          : this.exposed.has(name as string)
            ? this.exposed.get(name as string)
            : (Reflect.get(globalThis, name) as unknown),
      has: (_, name) => Object.hasOwn(own, name) || this.exposed.has(name as string) || name in globalThis,
    }) as unknown as FakeWindow
    own['window'] = own['self'] = window
    // What a frame posts to its parent comes from the frame's own window.
    own['parent'] = own['top'] = parent === undefined ? window : { postMessage: parent.#receive(() => window) }
    return window
  }

  /** The `postMessage` of this window, as `sender` has it. */
  #receive(sender: () => FakeWindow): FakeWindow['postMessage'] {
    return (message, target, transfer = []) => {
      const data: unknown = structuredClone(message)
      const ends = takePorts(transfer, 'window.postMessage', this)
      if (target !== '*' && target !== '/' && target !== this.origin) return
      this.later(() => {
        const ports = ends.map((end) => this.port(end))
        this.#dispatch({ type: 'message', data, ports, source: sender(), origin: this.origin })
      })
    }
  }

  #dispatch(event: Record<string, unknown>): void {
    let stopped = false
    const whole = {
      ...event,
      stopImmediatePropagation: () => void (stopped = true),
      preventDefault() {},
      stopPropagation() {},
    }
    for (const listener of this.#events.listeners(event['type'] as string)) {
      if (!stopped) listener(whole as never)
    }
  }
}

function originOf(url: string): string {
  if (!URL.canParse(url))
    throw new SyncError('setup', `${JSON.stringify(url)} is no address of a page: give a whole one, e.g. app://chat/`)
  const { origin, protocol, host } = new URL(url)
  if (protocol === 'file:') return 'file://'
  // This URL does not know which schemes the app has registered as standard ones: those have hosts.
  return origin === 'null' && host !== '' ? `${protocol}//${host}` : origin
}
