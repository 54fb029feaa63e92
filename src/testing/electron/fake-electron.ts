import { systemClock } from '../../clock.ts'
import { SyncError } from '../../error.ts'
import { show } from '../show.ts'
import { FakeApp } from './app.ts'
import type { FakeWebContents } from './contents.ts'
import { FakeEmitter } from './emitter.ts'
import type { FakePage } from './page.ts'
import { FakeMessagePortMain, PortEnd } from './ports.ts'
import { FakeSession, protocolStub } from './session.ts'
import type { FakeElectron, FakeElectronModule, FakeElectronOptions, Handler } from './types.ts'
import { FakeBrowserWindow, type FakeWindowOptions } from './window.ts'
import { World } from './world.ts'

/** How long `page` waits, in ms. */
const patience = 2000

/**
 * Electron without Electron, for tests of an app's own main and preload code. Every message is really cloned.
 *
 * @throws SyncError `setup` if the version is no number.
 */
export function fakeElectron(options: FakeElectronOptions = {}): FakeElectron {
  const { clock = systemClock, version = 45, preloads = {} } = options
  if (!Number.isInteger(version))
    throw new SyncError('setup', `fakeElectron: \`version\` is a whole number, not ${show(version)}`)
  const ipcMain = new FakeEmitter()
  const world = new World(clock, preloads, ipcMain)
  const defaultSession = new FakeSession(world, version)
  const partitions = new Map<string, FakeSession>()
  const windows = new Set<FakeBrowserWindow>()
  const looking = new Set<() => void>()
  const look = (): void => {
    for (const again of [...looking]) again()
  }
  const closeAll = (): void => {
    for (const window of [...windows]) window.destroy()
  }
  const app = new FakeApp((asking) => {
    for (const window of asking ? [...windows] : []) window.close()
    if (!asking) closeAll()
    return windows.size === 0
  })
  const fromPartition = (name: string): FakeSession => {
    const existing = partitions.get(name) ?? new FakeSession(world, version)
    partitions.set(name, existing)
    return existing
  }
  const needReady = (what: string): void => {
    if (!app.isReady()) throw new Error(`Cannot ${what} before app is ready`)
  }

  class BrowserWindow extends FakeBrowserWindow {
    constructor(windowOptions: FakeWindowOptions = {}) {
      needReady('create BrowserWindow')
      const { session, partition } = windowOptions.webPreferences ?? {}
      super(world, session ?? (partition === undefined ? defaultSession : fromPartition(partition)), windowOptions)
      windows.add(this)
      const { webContents } = this
      webContents.on('did-finish-load', look)
      webContents.on('render-process-gone', (_event: unknown, details: unknown) =>
        app.emit('render-process-gone', {}, webContents, details),
      )
      this.once('closed', () => {
        windows.delete(this)
        if (windows.size === 0) app.emit('window-all-closed')
      })
      app.emit('web-contents-created', {}, webContents)
      app.emit('browser-window-created', {}, this)
    }

    static getAllWindows(): FakeBrowserWindow[] {
      return [...windows]
    }

    static getFocusedWindow(): FakeBrowserWindow | null {
      return [...windows].at(-1) ?? null
    }

    static fromId(id: number): FakeBrowserWindow | null {
      return [...windows].find((window) => window.id === id) ?? null
    }

    static fromWebContents(contents: unknown): FakeBrowserWindow | null {
      return [...windows].find((window) => window.webContents === contents) ?? null
    }
  }

  const allContents = (): FakeWebContents[] => [...windows].map((window) => window.webContents)
  const module: FakeElectronModule = {
    app,
    ipcMain: Object.assign(ipcMain, {
      handle(channel: string, run: Handler) {
        if (world.handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`)
        world.handlers.set(channel, run as never)
      },
      handleOnce(channel: string, run: Handler) {
        world.handlers.set(channel, (...args) => {
          world.handlers.delete(channel)
          return run(...(args as [never, ...never[]]))
        })
      },
      removeHandler: (channel: string) => void world.handlers.delete(channel),
    }),
    BrowserWindow,
    webContents: { fromId: (id) => allContents().find((each) => each.id === id), getAllWebContents: allContents },
    session: {
      get defaultSession() {
        needReady('use the default session')
        return defaultSession
      },
      fromPartition,
    },
    MessageChannelMain: class {
      readonly port1: FakeMessagePortMain
      readonly port2: FakeMessagePortMain
      constructor() {
        const [a, b] = PortEnd.pair(world.delivery)
        this.port1 = new FakeMessagePortMain(a)
        this.port2 = new FakeMessagePortMain(b)
      }
    },
    protocol: protocolStub(),
    nativeTheme: Object.assign(new FakeEmitter(), { themeSource: 'system', shouldUseDarkColors: false }),
    Menu: { setApplicationMenu() {}, buildFromTemplate: (template) => template },
    shell: { async openExternal() {} },
    ipcRenderer: ofCurrent(() => world.current('ipcRenderer').ipcRenderer),
    contextBridge: ofCurrent(() => world.current('contextBridge').contextBridge),
  }

  const loaded = (index: number): FakePage | undefined => {
    const contents = allContents()[index]
    if (contents?.preloadError !== undefined) throw contents.preloadError
    return contents === undefined || contents.isLoading() || contents.getURL() === '' || contents.isCrashed()
      ? undefined
      : contents.currentPage()
  }
  return {
    module,
    get pages() {
      return allContents().flatMap((contents) => (contents.getURL() === '' ? [] : [contents.currentPage()]))
    },
    async ready() {
      app.start()
      await app.whenReady()
    },
    async page(index = 0) {
      const there = loaded(index)
      if (there !== undefined) return there
      return await new Promise((resolve, reject) => {
        const end = (): void => {
          cancel()
          looking.delete(again)
        }
        const again = (): void => {
          try {
            const page = loaded(index)
            if (page === undefined) return
            resolve(page)
          } catch (error) {
            reject(error)
          }
          end()
        }
        const late = (): void => {
          end()
          reject(new SyncError('timeout', whyNone(index, app.isReady(), allContents())))
        }
        const cancel = systemClock.schedule(late, patience, true)
        looking.add(again)
      })
    },
    close() {
      closeAll()
      world.delivery.stop()
    },
  }
}

/** Stands for an object that each page has, whichever page's code is running when it is used. */
function ofCurrent<T extends object>(current: () => T): T {
  return new Proxy({} as T, {
    get(_, name) {
      // Mocks of modules look whether it is a promise.
      if (name === 'then') return undefined
      const object = current()
      const member: unknown = Reflect.get(object, name)
      return typeof member === 'function' ? (member.bind(object) as unknown) : member
    },
  })
}

function whyNone(index: number, ready: boolean, contents: readonly FakeWebContents[]): string {
  const which = `No window ${index} has loaded a page within ${patience} ms: `
  if (!ready) return `${which}the app is not ready. Call \`await electron.ready()\` when main's code has been loaded`
  const one = contents[index]
  if (one === undefined) return `${which}there are ${contents.length} windows. Does main create it at \`ready\`?`
  if (one.isCrashed()) return `${which}its renderer has crashed. Does main reload it on \`render-process-gone\`?`
  return `${which}${one.isLoading() ? `${one.getURL()} is still loading: does its preload script end?` : 'main has to call loadURL or loadFile'}`
}
