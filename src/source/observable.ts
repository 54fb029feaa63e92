import type { Readable } from '../document/types.ts'

/** A value that is set from inside and followed from outside. */
export interface Observable<T> extends Readable<T> {
  set(value: T): void
}

/** @param onError gets what a subscriber throws; the others are told nevertheless. */
export function observable<T>(initial: T, onError: (error: unknown) => void): Observable<T> {
  let value = initial
  const subscribers = new Set<{ readonly run: (value: T) => void }>()
  const tell = (run: (value: T) => void): void => {
    try {
      run(value)
    } catch (error) {
      onError(error)
    }
  }
  return {
    get: () => value,
    set(next) {
      value = next
      for (const { run } of [...subscribers]) tell(run)
    },
    subscribe(run) {
      const subscriber = { run }
      subscribers.add(subscriber)
      tell(run)
      return () => {
        subscribers.delete(subscriber)
      }
    },
  }
}
