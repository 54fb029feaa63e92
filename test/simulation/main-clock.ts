import type { Clock } from '../../src/index.ts'
import type { Context } from './context.ts'
import type { Random } from './random.ts'

/**
 * The clock of one life of the main process. It never stands still between two looks at it, its timers may come a little
 * early, it leaps when the machine wakes up, and it ends with the process.
 */
export class MainClock implements Clock {
  readonly #context: Context
  readonly #random: Random
  #offset = 0
  #isStopped = false

  constructor(context: Context, random: Random) {
    this.#context = context
    this.#random = random
  }

  now(): number {
    this.#offset += 1e-4
    return this.#context.clock.now() + this.#offset
  }

  schedule(run: () => void, delay: number): () => void {
    const early = delay > 1 && this.#random.chance(0.1) ? this.#random.next() : 0
    return this.#context.clock.schedule(() => {
      if (!this.#isStopped) run()
    }, delay - early)
  }

  leap(by: number): void {
    this.#offset += by
  }

  stop(): void {
    this.#isStopped = true
  }
}
