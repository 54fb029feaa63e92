import { cloned, logged } from './clone.ts'
import type { FakePage } from './page.ts'
import { takePorts } from './ports.ts'

/** A page as the main process sees it (`WebFrameMain`). Once its document has gone, reading it throws, as in Electron. */
export class FakeFrame {
  readonly #page: FakePage
  readonly #parent: FakeFrame | null

  constructor(page: FakePage, parent: FakeFrame | null) {
    this.#page = page
    this.#parent = parent
  }

  get origin(): string {
    return this.#checked().origin
  }

  get url(): string {
    return this.#checked().url
  }

  get parent(): FakeFrame | null {
    this.#checked()
    return this.#parent
  }

  get top(): FakeFrame {
    this.#checked()
    return this.#parent?.top ?? this
  }

  get detached(): boolean {
    return false
  }

  isDestroyed(): boolean {
    return !this.#page.alive
  }

  /** Loses what cannot be cloned, and says so on the console alone, as Electron does. */
  send(channel: string, ...args: unknown[]): void {
    const copy = logged(() => cloned(args), 'Error sending from webFrameMain')
    if (copy !== undefined) this.#deliver(channel, copy, [])
  }

  postMessage(channel: string, message: unknown, transfer: readonly unknown[] = []): void {
    const copy = cloned([message])
    this.#deliver(channel, copy, takePorts(transfer, 'webContents.postMessage', undefined))
  }

  #deliver(channel: string, args: unknown[], ends: ReturnType<typeof takePorts>): void {
    const page = this.#page
    page.later(() => {
      const ports = ends.map((end) => page.port(end))
      page.ipcRenderer.emit(channel, { sender: page.ipcRenderer, senderId: 0, ports }, ...args)
    })
  }

  #checked(): FakePage {
    if (!this.#page.alive) throw new Error('Render frame was disposed before WebFrameMain could be accessed')
    return this.#page
  }
}
