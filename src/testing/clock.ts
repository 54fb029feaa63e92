import type { Clock } from '../clock.ts'

interface Timer {
  readonly at: number
  readonly run: () => void
}

/** A clock that stands still until it is told to go on. */
export interface FakeClock extends Clock {
  /** Goes on by `duration` ms, running what was scheduled on the way, in order; promises that are ready run in between. */
  advance(duration: number): Promise<void>
  /** The same without letting promises run. */
  advanceSync(duration: number): void
  /** When the next timer is due; `undefined` if there is none. */
  readonly next: number | undefined
}

/** @param start its first moment, in ms. */
export function fakeClock(start: number = 0): FakeClock {
  let now = start
  const timers = new Set<Timer>()
  const earliest = (): Timer | undefined => {
    let first: Timer | undefined
    for (const timer of timers) if (first === undefined || timer.at < first.at) first = timer
    return first
  }
  const runNext = (until: number): boolean => {
    const timer = earliest()
    if (timer === undefined || timer.at > until) return false
    timers.delete(timer)
    now = Math.max(now, timer.at)
    timer.run()
    return true
  }
  return {
    now: () => now,
    schedule(run, delay) {
      const timer = { at: now + Math.max(0, delay), run }
      timers.add(timer)
      return () => {
        timers.delete(timer)
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
    get next() {
      return earliest()?.at
    },
  }
}

/** Chains of promises may be some steps long. */
async function promisesRun(): Promise<void> {
  for (let step = 0; step < 8; step++) await undefined
}
