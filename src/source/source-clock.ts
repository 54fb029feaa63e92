import { systemClock, type Clock } from '../clock.ts'

/**
 * The system's clock, for the process that owns the state. What is due at once happens when the code that runs now has
 * ended: a turn of the event loop of its own would cost more than all the rest.
 */
export const sourceClock: Clock = {
  now: () => systemClock.now(),
  schedule(run, delay, needed) {
    if (delay > 0) return systemClock.schedule(run, delay, needed)
    let cancelled = false
    queueMicrotask(() => {
      if (!cancelled) run()
    })
    return () => {
      cancelled = true
    }
  },
}

declare function queueMicrotask(run: () => void): void
