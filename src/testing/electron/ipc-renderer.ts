import { cloned } from './clone.ts'
import { FakeEmitter } from './emitter.ts'
import type { FakePage } from './page.ts'
import { FakeMessagePortMain, takePorts, type PortEnd } from './ports.ts'
import type { World } from './world.ts'

/** A page's `ipcRenderer`. */
export class FakeIpcRenderer extends FakeEmitter {
  readonly #world: World
  readonly #page: FakePage

  constructor(world: World, page: FakePage) {
    super()
    this.#world = world
    this.#page = page
  }

  send(channel: string, ...args: unknown[]): void {
    this.#toMain(channel, cloned(args), undefined)
  }

  postMessage(channel: string, message: unknown, transfer: readonly unknown[] = []): void {
    const copy = cloned([message])
    this.#toMain(channel, copy, takePorts(transfer, 'ipcRenderer.postMessage', this.#page))
  }

  /** Blocks the page, so it is answered at once. */
  sendSync(channel: string, ...args: unknown[]): unknown {
    const event = this.#event(undefined)
    this.#world.ipcMain.emit(channel, event, ...cloned(args))
    return cloned([event.returnValue])[0]
  }

  async invoke(channel: string, ...args: unknown[]): Promise<unknown> {
    const copy = cloned(args)
    return await new Promise((resolve, reject) => {
      this.#world.delivery.later(() => {
        if (!this.#page.alive) return
        void this.#answer(channel, copy).then(
          (result) => this.#page.later(() => resolve(result)),
          (error: unknown) =>
            this.#page.later(() => reject(new Error(`Error invoking remote method '${channel}': ${String(error)}`))),
        )
      })
    })
  }

  async #answer(channel: string, args: unknown[]): Promise<unknown> {
    const run = this.#world.handlers.get(channel)
    if (run === undefined) throw new Error(`No handler registered for '${channel}'`)
    return cloned([await run(this.#event(undefined), ...args)])[0]
  }

  #toMain(channel: string, args: unknown[], ends: readonly PortEnd[] | undefined): void {
    this.#world.delivery.later(() => {
      // What a page that has gone had under way is lost.
      if (!this.#page.alive) return
      this.#world.ipcMain.emit(channel, this.#event(ends), ...args)
    })
  }

  #event(ends: readonly PortEnd[] | undefined) {
    const { contents, frame } = this.#page
    const page = this.#page
    return {
      sender: contents,
      // Null once the document has gone, so it has to be read at once.
      get senderFrame() {
        return page.alive ? frame : null
      },
      // Only there if the message came by `postMessage`.
      ...(ends === undefined ? {} : { ports: ends.map((end) => new FakeMessagePortMain(end)) }),
      returnValue: undefined as unknown,
      reply: (channel: string, ...args: unknown[]) => frame.send(channel, ...args),
      preventDefault() {},
    }
  }
}
