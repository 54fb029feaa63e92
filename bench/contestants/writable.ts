/** A store as frameworks have it: a value, replaced as a whole, and its subscribers. */
export interface Writable<T> {
  get(): T
  set(value: T): void
  subscribe(run: () => void): void
}

export function writable<T>(value: T): Writable<T> {
  const runs: (() => void)[] = []
  return {
    get: () => value,
    set(next) {
      value = next
      for (const run of runs) run()
    },
    subscribe(run) {
      runs.push(run)
    },
  }
}
