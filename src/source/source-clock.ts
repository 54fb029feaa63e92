import { systemClock, type Clock } from '../clock.ts'

declare const setImmediate: ((run: () => void) => unknown) | undefined
declare const clearImmediate: (immediate: unknown) => void

const over = Promise.resolve()

/** As if there had been no promise: what is thrown is nobody's to handle, and ends a process that wants it so. */
function throwOutside(error: unknown): void {
  systemClock.schedule(
    () => {
      throw error
    },
    0,
    true,
  )
}

/**
 * The system's clock, for the process that owns the state. What is to happen in the next macrotask happens there: a timer
 * would wake the process once more, and 1 ms later at the earliest. For one small frame even a macrotask of its own costs
 * more than all the rest, so what can do without has `soon`.
 */
export const sourceClock: Clock = {
  now: () => systemClock.now(),
  schedule(run, delay, needed) {
    // Timers take whole milliseconds and drop the rest: woken too early, a source would only go to sleep once more.
    if (delay > 0 || typeof setImmediate === 'undefined') return systemClock.schedule(run, Math.ceil(delay), needed)
    // It keeps the process alive for that macrotask only. Node would not hurry for one that does not.
    const immediate = setImmediate(run)
    return () => {
      clearImmediate(immediate)
    }
  },
  soon(run) {
    // A microtask, and Node's `queueMicrotask` would make a resource of its own for it.
    over.then(run).catch(throwOutside)
  },
}
