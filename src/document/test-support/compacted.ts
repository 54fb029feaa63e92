import { compact } from '../compact.ts'
import type { Op } from '../types.ts'
import { open, same } from './document.ts'
import { deepCopy } from './plain.ts'

export type Any = any // oxlint-disable-line typescript/no-explicit-any

/** The ops of some updates, compacted, of which it has been checked that they do the same. */
export function compacted(state: object, ...updates: ((draft: Any) => unknown)[]): Op[] {
  const document = open(deepCopy(state))
  const ops = updates.flatMap((fn) => document.update(fn).ops)
  const kept = deepCopy(ops)
  const result = compact(ops)
  same(ops, kept)
  for (const each of [result, compact(result), compact([...compact(ops.slice(0, 2)), ...ops.slice(2)])]) {
    const follower = open(deepCopy(state))
    follower.apply(each)
    same(follower.get([]), document.get([]))
  }
  return result
}
