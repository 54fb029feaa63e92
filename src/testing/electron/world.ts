import type { Clock } from '../../clock.ts'
import { SyncError } from '../../error.ts'
import { createDelivery, type Delivery } from '../delivery.ts'
import type { FakeEmitter } from './emitter.ts'
import type { FakePage } from './page.ts'

/** What all parts of one fake share. */
export class World {
  readonly clock: Clock
  readonly delivery: Delivery
  /** Scripts that are functions of the test, by the path of the file that they stand for. */
  readonly preloads: Readonly<Record<string, () => unknown>>
  readonly ipcMain: FakeEmitter
  /** Channels that `ipcMain.handle` answers. */
  readonly handlers: Map<string, (event: unknown, ...args: unknown[]) => unknown> = new Map()
  readonly #inside: FakePage[] = []
  readonly pages: Set<FakePage> = new Set()
  #lastId = 0

  constructor(clock: Clock, preloads: Readonly<Record<string, () => unknown>>, ipcMain: FakeEmitter) {
    this.clock = clock
    this.delivery = createDelivery(clock)
    this.preloads = preloads
    this.ipcMain = ipcMain
  }

  nextId(): number {
    return ++this.#lastId
  }

  /** Whose code is running; where that cannot be told, the only page there is. */
  current(what: string): FakePage {
    const inside = this.#inside.at(-1)
    if (inside !== undefined) return inside
    const [only, ...others] = this.pages
    if (only !== undefined && others.length === 0) return only
    throw new SyncError(
      'setup',
      `${what} is a page's, and ${only === undefined ? 'there is no page yet' : 'there are several'}: use it within page.run(() => …)`,
    )
  }

  /** Runs code of a page: with its `window`, its `MessageChannel` and what its preload has exposed as globals. */
  enter<T>(page: FakePage, run: () => T): T {
    const leave = this.#enter(page)
    let result: T
    try {
      result = run()
    } catch (error) {
      leave()
      throw error
    }
    if (!(result instanceof Promise)) {
      leave()
      return result
    }
    return result.finally(leave) as T
  }

  #enter(page: FakePage): () => void {
    this.#inside.push(page)
    const names = ['window', 'MessageChannel', ...page.exposed.keys()]
    const global = globalThis as unknown as Record<string, unknown>
    const before = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name))
    for (const name of names) {
      const value = name === 'window' ? page.window : page.window[name]
      Object.defineProperty(global, name, { configurable: true, writable: true, enumerable: true, value })
    }
    let left = false
    return () => {
      if (left) return
      left = true
      this.#inside.splice(this.#inside.lastIndexOf(page), 1)
      names.forEach((name, index) => {
        const descriptor = before[index]
        if (descriptor === undefined) delete global[name]
        else Object.defineProperty(globalThis, name, descriptor)
      })
    }
  }
}
