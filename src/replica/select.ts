import type { Readable } from '../document/types.ts'

/** What `fn` makes of `source`, told only when it is another by `equal`. */
export function select<S, T>(
  source: Readable<S>,
  fn: (state: S) => T,
  equal: (a: T, b: T) => boolean = Object.is,
): Readable<T> {
  let last: { readonly state: S; readonly value: T } | undefined
  const read = (state: S): T => {
    if (last && last.state === state) return last.value
    const value = fn(state)
    last = { state, value: last && equal(last.value, value) ? last.value : value }
    return last.value
  }
  return {
    get: () => read(source.get()),
    subscribe(run) {
      let told: [T] | undefined
      return source.subscribe((state) => {
        const value = read(state)
        if (told && equal(told[0], value)) return
        told = [value]
        run(value)
      })
    },
  }
}
