/** Time as the library sees it; injected, so that a whole system runs on a fake one. */
export interface Clock {
  /** Milliseconds since an arbitrary, fixed moment; never goes back. */
  now(): number
  /** Runs `run` once, `delay` ms from now (0: in the next macrotask). Returns a function that cancels it. */
  schedule(run: () => void, delay: number): () => void
}

/** The machine's own monotonic clock and timers. Its timers do not keep a Node process alive. */
export const systemClock: Clock = {
  now: () => performance.now(),
  schedule(run, delay) {
    const timer: unknown = setTimeout(run, delay)
    if (typeof timer === 'object' && timer !== null) (timer as { unref?: () => void }).unref?.()
    return () => {
      clearTimeout(timer as Parameters<typeof clearTimeout>[0])
    }
  },
}
