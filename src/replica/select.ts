/**
 * What `fn` makes of a state. For the same state it is asked once, and what equals the value before, by `equal`, is that value
 * itself.
 */
export function selector<S, T>(fn: (state: S) => T, equal: (a: T, b: T) => boolean = Object.is): (state: S) => T {
  /** An object, as states are. */
  let last: S | undefined
  let value: T
  return (state) => {
    if (last !== state) {
      const next = fn(state)
      value = last && equal(value, next) ? value : next
      last = state
    }
    return value
  }
}
