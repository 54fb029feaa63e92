/**
 * What `fn` makes of a state. For the same state it is asked once, and what equals the value before, by `equal`, is that value
 * itself.
 */
export function selector<S, T>(fn: (state: S) => T, equal: (a: T, b: T) => boolean = Object.is): (state: S) => T {
  let last: { readonly state: S; readonly value: T } | undefined
  return (state) => {
    if (!last || last.state !== state) {
      const value = fn(state)
      last = { state, value: last && equal(last.value, value) ? last.value : value }
    }
    return last.value
  }
}
