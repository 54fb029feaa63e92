import { areAlike, equalLeaves } from './equal.ts'
import { keysOf, partAt, putPart, type Container } from './tree.ts'

/**
 * A value that is deep-equal to `after`, in which everything that is equal in `before` too is the very same as there: who
 * follows a part that has not changed is not told. Linear in the size of `after`.
 *
 * @param before an immutable value.
 * @param after a private value, which is used up.
 */
export function reconcile(before: unknown, after: unknown): unknown {
  if (!areAlike(before, after)) return equalLeaves(before, after) ? before : after
  const old = before as Container
  const next = after as Container
  const oldKeys = keysOf(old)
  const keys = keysOf(next)
  let equal = oldKeys.length === keys.length
  // The initial state of most stores: nothing to keep.
  if (!equal && oldKeys.length === 0) return after
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]
    equal &&= Object.is(oldKeys[index], key)
    if (next instanceof Set) continue
    const part = partAt(old, key)
    const kept = reconcile(part, partAt(next, key))
    putPart(next, key, kept)
    equal &&= Object.is(kept, part)
  }
  return equal ? before : after
}
