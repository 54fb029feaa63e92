import { systemClock, type Clock } from '../clock.ts'

/** Runs what arrives in a later macrotask of the clock, in order. */
export interface Delivery {
  /** @param delay how long it is under way, in ms. */
  later(run: () => void, delay?: number): void
  /** Nothing more is expected. */
  stop(): void
}

/** How long Node waits, in ms, for more to come of what has just arrived: most timers of the library keep no process alive. */
const linger = 1000

export function createDelivery(clock: Clock): Delivery {
  let stop = (): void => {}
  return {
    later(run, delay = 0) {
      clock.schedule(run, delay)
      if (clock !== systemClock) return
      stop()
      stop = clock.schedule(() => {}, delay + linger, true)
    },
    stop: () => stop(),
  }
}
