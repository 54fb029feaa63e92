/** What has to change in one immutable value to make it another. */
import { entriesOf, hasPart, isBytes, isContainer, partAt, type Container } from './tree.ts'
import type { Key, Op, Path } from './types.ts'

/**
 * The ops that turn the container `before` at `path` into `after`, none where they are equal; `undefined` where setting
 * the whole is the better way (another sort of container, another order of keys, nothing in common).
 */
export function diff(before: unknown, after: unknown, path: Path): Op[] | undefined {
  if (before === after) return []
  if (Array.isArray(before) && Array.isArray(after)) return diffArrays(before, after, path)
  if (before instanceof Map && after instanceof Map) return diffKeyed(before, after, [...after.keys()], [...before.keys()], path)
  if (before instanceof Set && after instanceof Set) return diffSets(before, after, path)
  if (!isPlainObject(before) || !isPlainObject(after)) return undefined
  return diffKeyed(before, after, Object.keys(after), Object.keys(before), path)
}

/** Whether two immutable values are deep-equal, the order of their keys included. Linear in their size. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (!isContainer(a) || !isContainer(b)) {
    if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime())
    return isBytes(a) && isBytes(b) && equalBytes(a, b)
  }
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((part, index) => isEqual(part, b[index]))
  const isSet = a instanceof Set
  if (Array.isArray(b) || a instanceof Map !== b instanceof Map || isSet !== b instanceof Set) return false
  const left = entriesOf(a)
  const right = entriesOf(b)
  return (
    left.length === right.length &&
    left.every(([key, part], index) => {
      const [otherKey, otherPart] = right[index] as [Key, unknown]
      return Object.is(key, otherKey) && (isSet || isEqual(part, otherPart))
    })
  )
}

function diffKeyed(before: Container, after: Container, next: readonly Key[], old: readonly Key[], path: Path): Op[] | undefined {
  const ops: Op[] = []
  const kept = old.filter((key) => hasPart(after, key))
  if (kept.length === 0 && old.length + next.length > 0) return undefined
  for (let index = 0; index < kept.length; index++) if (!Object.is(kept[index], next[index])) return undefined
  for (const key of old) if (!hasPart(after, key)) ops.push({ kind: 'delete', path: [...path, key] })
  for (const key of next) {
    const value = partAt(after, key)
    if (!hasPart(before, key)) ops.push({ kind: 'set', path: [...path, key], value })
    else diffPart(partAt(before, key), value, [...path, key], ops)
  }
  return ops
}

function diffPart(before: unknown, after: unknown, path: Path, ops: Op[]): void {
  if (isContainer(before) && isContainer(after)) {
    const smaller = diff(before, after, path)
    if (smaller !== undefined) {
      ops.push(...smaller)
      return
    }
  } else if (isEqual(before, after)) return
  ops.push({ kind: 'set', path, value: after })
}

function diffSets(before: ReadonlySet<Key>, after: ReadonlySet<Key>, path: Path): Op[] | undefined {
  const kept = [...before].filter((member) => after.has(member))
  if (kept.length === 0 && before.size > 0) return undefined
  let index = 0
  for (const member of after) {
    if (index === kept.length) break
    if (!Object.is(kept[index++], member)) return undefined
  }
  const ops: Op[] = []
  for (const member of before) if (!after.has(member)) ops.push({ kind: 'delete', path: [...path, member] })
  for (const member of after) if (!before.has(member)) ops.push({ kind: 'set', path: [...path, member], value: true })
  return ops
}

/** Leaves the equal elements at both ends alone; the middle is spliced, or, where as long, set one by one. */
function diffArrays(before: readonly unknown[], after: readonly unknown[], path: Path): Op[] | undefined {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && isEqual(before[start], after[start])) start++
  if (start === before.length && start === after.length) return []
  let end = 0
  while (end < shorter - start && isEqual(before[before.length - 1 - end], after[after.length - 1 - end])) end++
  const remove = before.length - end - start
  const items = after.slice(start, after.length - end)
  if (remove === items.length) {
    const ops: Op[] = []
    items.forEach((item, offset) => {
      diffPart(before[start + offset], item, [...path, start + offset], ops)
    })
    return ops
  }
  if (start === 0 && end === 0 && before.length > 0) return undefined
  return [{ kind: 'splice', path, index: start, remove, items }]
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return isContainer(value) && !Array.isArray(value) && !(value instanceof Map) && !(value instanceof Set)
}

function equalBytes(a: ArrayBuffer | ArrayBufferView, b: ArrayBuffer | ArrayBufferView): boolean {
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b) || a.byteLength !== b.byteLength) return false
  const [left, right] = [asBytes(a), asBytes(b)]
  return left.every((byte, index) => byte === right[index])
}

function asBytes(bytes: ArrayBuffer | ArrayBufferView): Uint8Array {
  return bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
