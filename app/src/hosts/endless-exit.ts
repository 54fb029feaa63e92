/**
 * Node before 18.20.3 (of Electron 25 and some after it) may never end: a collection of garbage that falls into the end of the
 * process leaves work for a `FinalizationRegistry`, which may not run any more and is asked for again, for ever
 * (https://github.com/nodejs/node/issues/47748). The app has saved by then, but keeps a core busy until somebody kills it.
 *
 * `fetch` is what registers anything here, each request with an AbortSignal, and needs none of it: the listener to be removed
 * goes with the signal of its answer. To be called before the first `fetch`, which keeps the registry that it finds.
 */
export function avoidEndlessExit(electronVersion: string): void {
  if (Number.parseInt(electronVersion, 10) < 31) globalThis.FinalizationRegistry = NoRegistry
}

class NoRegistry<T> implements FinalizationRegistry<T> {
  readonly [Symbol.toStringTag] = 'FinalizationRegistry'
  register(): void {}
  unregister(): boolean {
    return false
  }
}
