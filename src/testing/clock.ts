import type { Clock } from '../clock.ts'
import { SyncError } from '../error.ts'
import { moveOn } from './move-on.ts'

interface Timer {
  readonly at: number
  /** Timers that are due at the same moment run in the order in which they were scheduled. */
  readonly order: number
  /** `undefined`: cancelled. */
  run: (() => void) | undefined
}

/** A clock that stands still until it is told to go on. */
export interface FakeClock extends Clock {
  /** Goes on by `duration` ms, running what was scheduled on the way, in order; promises that are ready run in between. */
  advance(duration: number): Promise<void>
  /** The same without letting promises run. */
  advanceSync(duration: number): void
  /**
   * Goes on from timer to timer until the promise is settled, and no further; returns what the promise does.
   *
   * @throws SyncError `timeout` if it is not within `timeout` ms of this clock, and, for what is on no clock (a file, a
   * network), as many ms of the system's; default 2,000.
   */
  until<T>(promise: Promise<T>, timeout?: number): Promise<T>
  /** Goes on to the next timer and runs it; `false` if there is none. */
  runNext(): boolean
  /** When the next timer is due; `undefined` if there is none. */
  readonly next: number | undefined
}

export function isFakeClock(clock: Clock): clock is FakeClock {
  return 'runNext' in clock
}

/**
 * A clock for whatever takes one: sources (their intervals, their writers and their saving), links, fakes of Electron.
 *
 * @param start its first moment, in ms.
 */
export function fakeClock(start: number = 0): FakeClock {
  let now = start
  let order = 0
  const timers = new Heap()
  const runNext = (until: number): boolean => {
    const timer = timers.first
    if (timer === undefined || timer.at > until) return false
    timers.removeFirst()
    now = Math.max(now, timer.at)
    timer.run?.()
    return true
  }
  const clock: FakeClock = {
    now: () => now,
    schedule(run, delay) {
      const timer: Timer = { at: now + Math.max(0, delay), order: order++, run }
      timers.add(timer)
      return () => {
        timer.run = undefined
      }
    },
    async advance(duration) {
      const until = now + duration
      await promisesRun()
      while (runNext(until)) await promisesRun()
      now = until
    },
    advanceSync(duration) {
      const until = now + duration
      while (runNext(until));
      now = until
    },
    runNext: () => runNext(Number.POSITIVE_INFINITY),
    async until(promise, timeout = 2000) {
      if (await moveOn(clock, timeout, promise)) return await promise
      throw new SyncError(
        'timeout',
        `The promise was not settled within ${timeout} ms of the fake clock: is what settles it on the same clock?`,
      )
    },
    get next() {
      return timers.first?.at
    },
  }
  return clock
}

/** Chains of promises may be some steps long. */
async function promisesRun(): Promise<void> {
  for (let step = 0; step < 16; step++) await Promise.resolve()
}

/** A binary heap of timers, the earliest on top. */
class Heap {
  readonly #timers: Timer[] = []

  /** The earliest timer that has not been cancelled. */
  get first(): Timer | undefined {
    while (this.#timers[0] !== undefined && this.#timers[0].run === undefined) this.removeFirst()
    return this.#timers[0]
  }

  add(timer: Timer): void {
    const timers = this.#timers
    let index = timers.length
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (isEarlier(timers[parent] as Timer, timer)) break
      timers[index] = timers[parent] as Timer
      index = parent
    }
    timers[index] = timer
  }

  removeFirst(): void {
    const timers = this.#timers
    const last = timers.pop()
    if (last === undefined || timers.length === 0) return
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= timers.length) break
      if (child + 1 < timers.length && isEarlier(timers[child + 1] as Timer, timers[child] as Timer)) child++
      if (isEarlier(last, timers[child] as Timer)) break
      timers[index] = timers[child] as Timer
      index = child
    }
    timers[index] = last
  }
}

function isEarlier(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
