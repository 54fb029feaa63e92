/** Time as the library sees it; injected, so that a whole system runs on a fake one. */
export interface Clock {
  /** Milliseconds since an arbitrary, fixed moment; never goes back. */
  now(): number
  /**
   * Runs `run` once, `delay` ms from now (0: in the next macrotask). Returns a function that cancels it.
   *
   * @param needed a process that has nothing else to do has to wait for it before it ends.
   */
  schedule(run: () => void, delay: number, needed?: boolean): () => void
  /** Runs `run` once, when the code that runs now has ended; where there is none, `schedule` is asked. */
  soon?(run: () => void): void
}

/** The machine's own monotonic clock and timers. Only timers that are needed keep a Node process alive. */
export const systemClock: Clock = {
  now: () => performance.now(),
  schedule(run, delay, needed) {
    const timer = setTimeout(run, delay)
    // In a page it is a number.
    if (!needed) (timer as { unref?: () => void }).unref?.()
    return () => {
      clearTimeout(timer)
    }
  },
}
