/** What has to change in one value to make it another. */
import { areAlike, equalLeaves } from './equal.ts'
import { isOrderedByItself } from './transaction.ts'
import { isContainer, keysOf, partAt, type Container } from './tree.ts'
import type { Key, Op, Path } from './types.ts'

/**
 * The ops that turn the container `before` at `path` into `after`, none where they are equal; `undefined` where setting
 * the whole is the better way (another sort of container, nothing in common).
 */
export function diff(before: Container, after: Container, path: Path): Op[] | undefined {
  const ops: Op[] = []
  return diffContainers(before, after, path, ops) ? ops : undefined
}

/** Adds the ops, or none and returns false. */
function diffContainers(before: Container, after: Container, path: Path, ops: Op[]): boolean {
  if (before === after) return true
  if (!areAlike(before, after)) return false
  return Array.isArray(before) && Array.isArray(after)
    ? diffArrays(before, after, path, ops)
    : diffKeyed(before, after, path, ops)
}

/**
 * Keys that are new, and those that are out of the order they had, are set at the end: so the others stay where they are.
 */
function diffKeyed(before: Container, after: Container, path: Path, ops: Op[]): boolean {
  const old = keysOf(before)
  const next = keysOf(after)
  const staying = stayingKeys(before, old, next)
  if (staying.size === 0) return old.length === 0 && next.length === 0
  for (const key of old) if (!staying.has(key)) ops.push({ kind: 'delete', path: [...path, key] })
  const isSet = after instanceof Set
  for (const key of next) {
    const value = isSet || partAt(after, key)
    if (!staying.has(key)) ops.push({ kind: 'set', path: [...path, key], value })
    else if (!isSet) diffParts(partAt(before, key), value, [...path, key], ops)
  }
  return true
}

function stayingKeys(before: Container, old: readonly Key[], next: readonly Key[]): Set<Key> {
  // As almost always.
  if (old.length <= next.length && old.every((key, place) => Object.is(key, next[place]))) return new Set(old)
  const places = new Map(old.map((key, place) => [key, place]))
  const staying = new Set<Key>()
  let last = -1
  for (const key of next) {
    const place = places.get(key)
    if (isOrderedByItself(before, key)) {
      if (place !== undefined) staying.add(key)
    } else {
      if (place !== undefined && place > last) staying.add(key)
      // Whatever comes behind this one has to be set behind it.
      last = staying.has(key) ? (place as number) : Number.POSITIVE_INFINITY
    }
  }
  return staying
}

/** Leaves the equal elements at both ends alone; the middle is changed element by element, or, where shorter, spliced. */
function diffArrays(before: readonly unknown[], after: readonly unknown[], path: Path, ops: Op[]): boolean {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && isEqual(before[start], after[start])) start++
  if (start === before.length && start === after.length) return true
  let end = 0
  while (end < shorter - start && isEqual(before[before.length - 1 - end], after[after.length - 1 - end])) end++
  const remove = before.length - end - start
  const items = after.slice(start, after.length - end)
  if (remove === items.length) {
    const first = ops.length
    for (let offset = 0; offset < remove; offset++) {
      diffParts(before[start + offset], items[offset], [...path, start + offset], ops)
    }
    const added = ops.slice(first)
    const spares = remove === 1 || added.some((op) => op.kind !== 'set' || op.path.length > path.length + 1)
    if (added.length < remove || (added.length === remove && spares)) return true
    ops.length = first
  }
  if (start === 0 && end === 0 && before.length > 0) return false
  ops.push({ kind: 'splice', path, index: start, remove, items })
  return true
}

function diffParts(before: unknown, after: unknown, path: Path, ops: Op[]): void {
  if (isContainer(before) && isContainer(after)) {
    if (diffContainers(before, after, path, ops)) return
  } else if (isEqual(before, after)) return
  ops.push({ kind: 'set', path, value: after })
}

/** Whether two values are deep-equal, the order of their keys included. Linear in their size. */
function isEqual(a: unknown, b: unknown): boolean {
  if (equalLeaves(a, b)) return true
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((part, index) => isEqual(part, b[index]))
  }
  if (!isContainer(a) || !isContainer(b) || !areAlike(a, b)) return false
  const keys = keysOf(a)
  const others = keysOf(b)
  return (
    keys.length === others.length &&
    keys.every((key, index) => Object.is(key, others[index]) && isEqual(partAt(a, key), partAt(b, key)))
  )
}
