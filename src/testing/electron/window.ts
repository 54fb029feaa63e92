import { SyncError } from '../../error.ts'
import { FakeWebContents } from './contents.ts'
import { FakeEmitter } from './emitter.ts'
import type { FakeSession } from './session.ts'
import type { World } from './world.ts'

export interface FakeWindowOptions {
  readonly show?: boolean
  readonly webPreferences?: {
    readonly preload?: string
    readonly session?: FakeSession
    readonly partition?: string
  }
}

/** A `BrowserWindow`, as far as it is not about how it looks. */
export class FakeBrowserWindow extends FakeEmitter {
  readonly id: number
  readonly webContents: FakeWebContents
  #visible: boolean
  #title = ''

  constructor(world: World, session: FakeSession, { show = true, webPreferences = {} }: FakeWindowOptions) {
    super()
    this.id = world.nextId()
    this.#visible = show
    this.webContents = new FakeWebContents(world, session, webPreferences.preload)
    this.webContents.onClose = () => this.close()
    this.webContents.once('dom-ready', () => this.emit('ready-to-show'))
    this.webContents.once('destroyed', () => this.emit('closed'))
  }

  async loadURL(url: string): Promise<void> {
    await this.webContents.loadURL(url)
  }

  async loadFile(file: string): Promise<void> {
    if (!/^([A-Za-z]:)?[\\/]/.test(file))
      throw new SyncError('setup', `loadFile takes an absolute path here, not ${JSON.stringify(file)}`)
    await this.webContents.loadURL(`file://${file.replaceAll('\\', '/')}`)
  }

  reload(): void {
    this.webContents.reload()
  }

  /** As a user closes it: a listener of `close` may prevent it. */
  close(): void {
    let prevented = false
    this.emit('close', { preventDefault: () => void (prevented = true) })
    if (!prevented) this.destroy()
  }

  destroy(): void {
    this.webContents.destroy()
  }

  isDestroyed(): boolean {
    return this.webContents.isDestroyed()
  }

  isVisible(): boolean {
    return this.#visible && !this.isDestroyed()
  }

  show(): void {
    this.#visible = true
    this.emit('show')
  }

  showInactive(): void {
    this.show()
  }

  hide(): void {
    this.#visible = false
    this.emit('hide')
  }

  getTitle(): string {
    return this.#title
  }

  setTitle(title: string): void {
    this.#title = title
  }

  isMinimized(): boolean {
    return false
  }

  isMaximized(): boolean {
    return false
  }

  isFullScreen(): boolean {
    return false
  }

  focus(): void {}
  blur(): void {}
  minimize(): void {}
  maximize(): void {}
  restore(): void {}
  center(): void {}
  setMenu(): void {}
  removeMenu(): void {}
  setBounds(): void {}
  setSize(): void {}
  setPosition(): void {}
  setBackgroundColor(): void {}
  setMenuBarVisibility(): void {}
  setAutoHideMenuBar(): void {}
}
