/**
 * The live tree. Its containers come in two sorts:
 *
 * - *immutable*: never changed any more, may be handed out and may stand in several places;
 * - *owned*: changed in place by this document alone, in exactly one place, marked by an own `memo` symbol that holds
 *   the immutable snapshot taken of it last, or `null` once a change has made that stale.
 *
 * A container starts as immutable and is owned (copied once, shallowly) on the way to the first change below it. So what
 * is never changed is never stored twice, a change costs O(depth), and a snapshot costs the containers that changed.
 * An owned container stands below owned ones only, and below a stale one too if it is stale.
 *
 * Bytes (typed arrays, `ArrayBuffer`) cannot be frozen, so what the tree holds of them nobody else ever gets: immutable
 * containers with bytes in them are kept on a list, and owned copies of them stand in the tree.
 */
import { asUint8Array, isBytes, type Bytes } from '../bytes.ts'
import { development } from './development.ts'
import { freeze } from './freeze.ts'
import { noteOutside } from './outside-bytes.ts'
import type { Transaction } from './transaction.ts'
import type { Key } from './types.ts'

const memo: unique symbol = Symbol('memo')

export type Container = PlainObject | unknown[] | Map<Key, unknown> | Set<Key>
export type PlainObject = Record<string, unknown>

interface Memo {
  [memo]?: Container | null
}

/** Whether `value` (something storable) has parts; dates and bytes are values, as strings are. */
export function isContainer(value: unknown): value is Container {
  // An owned one, as most are that are looked at, is known without a look at its prototypes.
  return (
    typeof value === 'object' &&
    value !== null &&
    ((value as Memo)[memo] !== undefined || !(value instanceof Date || isBytes(value)))
  )
}

export function isKeyed(container: object): container is Map<Key, unknown> | Set<Key> {
  return container instanceof Map || container instanceof Set
}

function isList(container: Container): container is unknown[] | Map<Key, unknown> | Set<Key> {
  return isKeyed(container) || Array.isArray(container)
}

/** The snapshot of an owned container; `null` if it is stale, `undefined` for an immutable container. */
export function knownSnapshot(container: Container): Container | null | undefined {
  return (container as Memo)[memo]
}

export function setSnapshot(owned: Container, known: Container | null): void {
  ;(owned as Memo)[memo] = known
}

/** An owned container with the same parts: `container` itself, or a shallow copy of an immutable one. */
export function own(container: Container): Container {
  if (knownSnapshot(container) !== undefined) return container
  const copy = mapParts(container, same)
  setSnapshot(copy, container)
  return copy
}

/** Immutable containers with bytes in them, at any depth. */
const withBytes = new WeakSet<object>()
/** The copy of bytes in the tree that readers get, always the same one. */
const byteSnapshots = new WeakMap<Bytes, Bytes>()
/** What readers have got of bytes, and of containers with bytes. */
const handedOut = new WeakSet<object>()

export function hasBytes(value: unknown): boolean {
  return isBytes(value) || (isContainer(value) && withBytes.has(value))
}

/** Makes a container that nobody changes any more immutable; its parts are so already. */
export function seal<C extends Container>(container: C): C {
  for (const part of partsOf(container)) if (typeof part === 'object' && hasBytes(part)) withBytes.add(container)
  return development ? freeze(container) : container
}

/** What stands in the tree for an immutable value: itself, or, where it has bytes, an owned copy. */
export function toLive(value: unknown): unknown {
  if (!hasBytes(value)) return value
  if (isBytes(value)) {
    const copy = copyBytes(value)
    // What was a snapshot is one again.
    if (handedOut.has(value)) byteSnapshots.set(copy, value)
    return copy
  }
  const live = mapParts(value as Container, toLive)
  setSnapshot(live, handedOut.has(value as Container) ? (value as Container) : null)
  return live
}

/**
 * The immutable snapshot of a live value.
 *
 * @param parts copies a container, in the middle of a transaction.
 */
export function snapshot(value: unknown, parts: typeof mapParts = mapParts): unknown {
  if (!isContainer(value)) return isBytes(value) ? snapshotOfBytes(value) : value
  const known = knownSnapshot(value)
  if (known === undefined) return value
  if (known !== null) return known
  const taken = seal(parts(value, (part) => snapshot(part, parts)))
  if (hasBytes(taken)) handedOut.add(taken)
  setSnapshot(value, taken)
  return taken
}

function snapshotOfBytes(bytes: Bytes): Bytes {
  let copy = byteSnapshots.get(bytes)
  if (!copy) {
    copy = copyBytes(bytes)
    byteSnapshots.set(bytes, copy)
    handedOut.add(copy)
    if (development) noteOutside(copy)
  }
  return copy
}

/** A snapshot for the library itself: no reader has had a chance to write to the bytes in it. */
export function privateSnapshot(value: unknown, during?: Transaction): unknown {
  if (isBytes(value)) return copyBytes(value)
  const taken = snapshot(value, during?.takeParts)
  if (!hasBytes(taken)) return taken
  const convert = (part: unknown): unknown => privateSnapshot(part, during)
  return seal(
    during === undefined ? mapParts(value as Container, convert) : during.mapParts(value as Container, convert),
  )
}

/** A new container of the same sort with `convert` applied to each part. */
export function mapParts(container: Container, convert: (part: unknown) => unknown): Container {
  if (Array.isArray(container)) return container.map(convert)
  if (container instanceof Map) {
    const copy = new Map<Key, unknown>()
    for (const [key, part] of container) copy.set(key, convert(part))
    return copy
  }
  if (container instanceof Set) return new Set(container)
  const copy: PlainObject = {}
  for (const key of Object.keys(container)) copy[key] = convert(container[key])
  return copy
}

const same = (part: unknown): unknown => part

/**
 * A copy of something storable that has nothing in common with it that can be changed. Not structuredClone's, which test
 * runners take from outside of the world that they make: its `Map` is then no instance of `Map`.
 */
export function deepCopy(value: unknown): unknown {
  if (isBytes(value)) return copyBytes(value)
  if (value instanceof Date) return new Date(value)
  return isContainer(value) ? mapParts(value, deepCopy) : value
}

export function partsOf(container: Container): Iterable<unknown> {
  return isList(container) ? container.values() : Object.values(container)
}

export function keysOf(container: Container): Key[] {
  return isList(container) ? [...container.keys()] : Object.keys(container)
}

/** What stands at `key`, or `undefined`; never reaches a prototype. */
export function partAt(container: Container, key: Key): unknown {
  if (container instanceof Map) return container.get(key)
  if (Array.isArray(container)) return typeof key === 'number' ? container[key] : undefined
  if (container instanceof Set) return container.has(key) ? key : undefined
  return typeof key === 'string' && Object.hasOwn(container, key) ? container[key] : undefined
}

export function hasPart(container: Container, key: Key): boolean {
  if (isKeyed(container)) return container.has(key)
  return typeof key === (Array.isArray(container) ? 'number' : 'string') && Object.hasOwn(container, key as string)
}

/** Puts `part` at `key` of an owned container, without any check. */
export function putPart(container: Container, key: Key, part: unknown): void {
  if (container instanceof Map) container.set(key, part)
  else if (container instanceof Set) container.add(key)
  else (container as PlainObject)[key as string] = part
}

export function dropPart(container: Container, key: Key): void {
  if (isKeyed(container)) container.delete(key)
  else delete (container as PlainObject)[key as string]
}

/** Changes live bytes in place to what is in others of the same sort and length. Returns what takes that back. */
export function rewriteBytes(live: Bytes, next: Bytes): () => void {
  const before = copyBytes(live)
  const known = byteSnapshots.get(live)
  asUint8Array(live).set(asUint8Array(next))
  byteSnapshots.delete(live)
  return () => {
    asUint8Array(live).set(asUint8Array(before))
    // Perhaps of what was meanwhile.
    if (known === undefined) byteSnapshots.delete(live)
    else byteSnapshots.set(live, known)
  }
}

export function copyBytes(bytes: Bytes): Bytes {
  return (bytes as Uint8Array | ArrayBuffer).slice(0)
}
