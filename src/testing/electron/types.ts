import type { Clock } from '../../clock.ts'
import type { FakeApp } from './app.ts'
import type { FakeWebContents } from './contents.ts'
import type { FakeEmitter } from './emitter.ts'
import type { FakeIpcRenderer } from './ipc-renderer.ts'
import type { FakePage } from './page.ts'
import type { FakeMessagePortMain } from './ports.ts'
import type { FakeSession, ProtocolStub } from './session.ts'
import type { FakeBrowserWindow, FakeWindowOptions } from './window.ts'

export interface FakeElectronOptions {
  /** What IPC and ports are delivered on; default: the system clock. */
  readonly clock?: Clock
  /** Major version; from 35 on, sessions have `registerPreloadScript`. Default 45; 25 is the first that Lockstep supports. */
  readonly version?: number
  /**
   * Functions that stand for preload scripts, by the absolute path that main gives; they run once in each page, and may import
   * the script's source. Files that are not named here are run as they are: a CommonJS bundle.
   */
  readonly preloads?: Readonly<Record<string, () => unknown>>
}

export type Handler = (event: never, ...args: never[]) => unknown

/** `ipcMain`. */
export interface FakeIpcMain extends FakeEmitter {
  handle(channel: string, run: Handler): void
  handleOnce(channel: string, run: Handler): void
  removeHandler(channel: string): void
}

type BrowserWindowClass = (new (options?: FakeWindowOptions) => FakeBrowserWindow) & {
  getAllWindows(): FakeBrowserWindow[]
  getFocusedWindow(): FakeBrowserWindow | null
  fromId(id: number): FakeBrowserWindow | null
  fromWebContents(contents: unknown): FakeBrowserWindow | null
}

/** What `import … from 'electron'` gives. Add what else your program uses: `{ ...electron.module, dialog: … }`. */
export interface FakeElectronModule {
  readonly app: FakeApp
  readonly ipcMain: FakeIpcMain
  readonly BrowserWindow: BrowserWindowClass
  readonly webContents: { fromId(id: number): FakeWebContents | undefined; getAllWebContents(): FakeWebContents[] }
  readonly session: { readonly defaultSession: FakeSession; fromPartition(name: string): FakeSession }
  readonly MessageChannelMain: new () => { readonly port1: FakeMessagePortMain; readonly port2: FakeMessagePortMain }
  readonly protocol: ProtocolStub
  readonly nativeTheme: FakeEmitter & { themeSource: string; shouldUseDarkColors: boolean }
  readonly Menu: { setApplicationMenu(menu: unknown): void; buildFromTemplate(template: unknown): unknown }
  readonly shell: { openExternal(url: string): Promise<void> }
  /** That of the page whose code is running. */
  readonly ipcRenderer: FakeIpcRenderer
  /** That of the page whose code is running. */
  readonly contextBridge: FakePage['contextBridge']
}

/** Electron's main process and pages, in one Node process. */
export interface FakeElectron {
  /** For the test runner's mock of the module `electron`. */
  readonly module: FakeElectronModule
  /** The pages of the open windows, in the order of their windows. */
  readonly pages: readonly FakePage[]
  /** Lets the app get ready: call it when main's code has been loaded. */
  ready(): Promise<void>
  /**
   * The page of a window as soon as it is loaded, its preload scripts included.
   *
   * @param index of the open windows, from 0.
   * @throws SyncError `timeout` if no such window loads a page within 2,000 ms; what a preload script of it has thrown.
   */
  page(index?: number): Promise<FakePage>
  /** Closes all windows, so that nothing is left behind. */
  close(): void
}
