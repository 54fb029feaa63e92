import { SyncError } from '../../error.ts'
import { show } from '../show.ts'
import { logged } from './clone.ts'
import { FakeEmitter } from './emitter.ts'
import type { FakeFrame } from './frame.ts'
import { FakePage } from './page.ts'
import { runPreload } from './preload.ts'
import type { FakeSession } from './session.ts'
import type { World } from './world.ts'

/** The contents of a window (`WebContents`): one page after the other. */
export class FakeWebContents extends FakeEmitter {
  readonly id: number
  readonly session: FakeSession
  readonly #world: World
  readonly #preload: string | undefined
  #page: FakePage | undefined
  /** That nothing of a page that was left before it was loaded comes later. */
  #loads = 0
  #failure: Error | undefined
  #state: 'new' | 'loading' | 'loaded' | 'crashed' | 'destroyed' = 'new'
  /** Called when the window is asked to close. */
  onClose: () => void = () => this.destroy()

  constructor(world: World, session: FakeSession, preload: string | undefined) {
    super()
    this.#world = world
    this.id = world.nextId()
    this.session = session
    this.#preload = preload
  }

  get mainFrame(): FakeFrame {
    return this.currentPage().frame
  }

  /** The document that it shows. */
  currentPage(): FakePage {
    if (this.#page === undefined)
      throw new SyncError('setup', `The window with webContents ${this.id} shows no page: main has to load one`)
    return this.#page
  }

  /** What the preload scripts of the page have thrown. */
  get preloadError(): Error | undefined {
    return this.#failure
  }

  getURL(): string {
    return this.#page?.url ?? ''
  }

  isDestroyed(): boolean {
    return this.#state === 'destroyed'
  }

  isCrashed(): boolean {
    return this.#state === 'crashed'
  }

  isLoading(): boolean {
    return this.#state === 'loading'
  }

  async loadURL(url: string): Promise<void> {
    if (this.isDestroyed()) throw new SyncError('closed', 'The window was closed: it loads no page any more')
    const load = ++this.#loads
    this.#page?.end()
    const page = new FakePage(this.#world, this, url)
    this.#page = page
    this.#state = 'loading'
    this.emit('did-start-loading')
    this.emit('did-navigate', {}, url)
    this.#failure = undefined
    try {
      await this.runPreloads(page)
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(`The preload script threw ${show(error)}`)
      this.emit('preload-error', {}, '', error)
    }
    if (load !== this.#loads || this.isDestroyed()) return
    this.#state = 'loaded'
    this.emit('dom-ready')
    this.emit('did-finish-load')
    this.emit('did-stop-loading')
  }

  async runPreloads(page: FakePage): Promise<void> {
    const own = this.#preload === undefined ? [] : [this.#preload]
    for (const file of [...this.session.frameScripts, ...own]) if (page.alive) await runPreload(this.#world, page, file)
  }

  reload(): void {
    void this.loadURL(this.getURL())
  }

  reloadIgnoringCache(): void {
    this.reload()
  }

  send(channel: string, ...args: unknown[]): void {
    logged(() => this.mainFrame.send(channel, ...args), 'Error sending from webContents')
  }

  postMessage(channel: string, message: unknown, transfer: readonly unknown[] = []): void {
    this.mainFrame.postMessage(channel, message, transfer)
  }

  forcefullyCrashRenderer(): void {
    if (this.#page === undefined || this.isDestroyed()) return
    this.#loads++
    this.#page.end()
    this.#state = 'crashed'
    this.#world.delivery.later(() => this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 }))
  }

  close(): void {
    if (!this.isDestroyed()) this.onClose()
  }

  destroy(): void {
    if (this.isDestroyed()) return
    this.#loads++
    this.#page?.end()
    this.#state = 'destroyed'
    this.emit('destroyed')
  }

  setWindowOpenHandler(): void {}
  openDevTools(): void {}
  closeDevTools(): void {}
  setZoomFactor(): void {}
  focus(): void {}
}
