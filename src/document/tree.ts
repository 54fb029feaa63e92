/**
 * The live tree. Its containers come in two sorts:
 *
 * - *immutable*: never changed any more, may be handed out and may stand in several places;
 * - *owned*: changed in place by this document alone, in exactly one place, marked by an own `memo` symbol that holds
 *   the immutable snapshot taken of it last, or `null` once a change has made that stale.
 *
 * A container starts as immutable and is owned (copied once, shallowly) on the way to the first change below it. So what
 * is never changed is never stored twice, a change costs O(depth), and a snapshot costs the containers that changed.
 * An owned container stands below owned ones only.
 */
import { freeze } from './freeze.ts'
import type { Key } from './types.ts'

const memo: unique symbol = Symbol('memo')

export type Container = PlainObject | unknown[] | Map<Key, unknown> | Set<Key>
export type PlainObject = Record<string, unknown>

interface Memo {
  [memo]?: Container | null
}

export type Bytes = ArrayBuffer | ArrayBufferView

export function isBytes(value: unknown): value is Bytes {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value)
}

/** Whether `value` (something storable) has parts; dates and bytes are values, as strings are. */
export function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null && !(value instanceof Date) && !isBytes(value)
}

export function isOwned(container: Container): boolean {
  return (container as Memo)[memo] !== undefined
}

/** Marks a container that only this document can reach as owned, its snapshot yet to be taken. */
export function claim<C extends Container>(container: C): C {
  ;(container as Memo)[memo] = null
  return container
}

/** The snapshot of an owned container is stale from now on. */
export function invalidate(owned: Container): void {
  ;(owned as Memo)[memo] = null
}

/** The snapshot of an owned container that is known to be good, or `null`. */
export function knownSnapshot(owned: Container): Container | null {
  return (owned as Memo)[memo] ?? null
}

/** Takes back what `invalidate` did. */
export function restoreSnapshot(owned: Container, known: Container | null): void {
  ;(owned as Memo)[memo] = known
}

/** An owned container with the same parts: `container` itself, or a shallow copy of an immutable one. */
export function own(container: Container): Container {
  if (isOwned(container)) return container
  const copy = mapParts(container, same)
  ;(copy as Memo)[memo] = container
  return copy
}

/** The immutable snapshot of a live value. */
export function snapshot(value: unknown): unknown {
  if (!isContainer(value)) return isBytes(value) ? copyBytes(value) : value
  const known = (value as Memo)[memo]
  if (known === undefined) return value
  if (known !== null) return known
  let bytes = false
  const taken = freeze(
    mapParts(value, (part) => {
      if (typeof part !== 'object') return part
      const taken = snapshot(part)
      bytes ||= hasBytes(taken)
      return taken
    }),
  )
  if (bytes) withBytes.add(taken)
  ;(value as Memo)[memo] = taken
  return taken
}

/** Snapshots with bytes in them. Nobody can freeze bytes, so whoever keeps such a snapshot copies it. */
const withBytes = new WeakSet<object>()

export function hasBytes(value: unknown): boolean {
  return isBytes(value) || (isContainer(value) && withBytes.has(value))
}

/** A new container of the same sort with `change` applied to each part. */
function mapParts(container: Container, change: (part: unknown) => unknown): Container {
  if (Array.isArray(container)) return container.map(change)
  if (container instanceof Map) {
    const copy = new Map<Key, unknown>()
    for (const [key, part] of container) copy.set(key, change(part))
    return copy
  }
  if (container instanceof Set) return new Set(container)
  const copy: PlainObject = {}
  for (const key of Object.keys(container)) copy[key] = change(container[key])
  return copy
}

const same = (part: unknown): unknown => part

/** What stands at `key`, or `undefined`; never reaches a prototype. */
export function partAt(container: Container, key: Key): unknown {
  if (container instanceof Map) return container.get(key)
  if (Array.isArray(container)) return typeof key === 'number' ? container[key] : undefined
  if (container instanceof Set) return container.has(key) ? key : undefined
  return typeof key === 'string' && Object.hasOwn(container, key) ? container[key] : undefined
}

export function hasPart(container: Container, key: Key): boolean {
  if (container instanceof Map || container instanceof Set) return container.has(key)
  if (Array.isArray(container)) return typeof key === 'number' && key in container
  return typeof key === 'string' && Object.hasOwn(container, key)
}

/** Puts `part` at `key` of an owned container, without any check. */
export function putPart(container: Container, key: Key, part: unknown): void {
  if (container instanceof Map) container.set(key, part)
  else if (container instanceof Set) container.add(key)
  else (container as PlainObject)[key as string] = part
}

export function dropPart(container: Container, key: Key): void {
  if (container instanceof Map || container instanceof Set) container.delete(key)
  else delete (container as PlainObject)[key as string]
}

/** The owned container at `key` of an owned one, or `undefined` where there is no container. */
export function ownPart(parent: Container, key: Key): Container | undefined {
  const part = partAt(parent, key)
  if (!isContainer(part)) return undefined
  const owned = own(part)
  if (owned !== part) putPart(parent, key, owned)
  return owned
}

export function copyBytes(bytes: Bytes): Bytes {
  if (bytes instanceof ArrayBuffer) return bytes.slice(0)
  return (bytes as Uint8Array).slice()
}

export function entriesOf(container: Container): [Key, unknown][] {
  return container instanceof Map || container instanceof Set
    ? [...(container.entries() as Iterable<[Key, unknown]>)]
    : Object.entries(container)
}
