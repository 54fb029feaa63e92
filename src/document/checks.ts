/** What may be stored: keys, depth, primitives, and how a draft that is written is told from other objects. */
import { isBytes, type Bytes } from '../bytes.ts'
import { className } from '../class-name.ts'
import { SyncError, maxDepth, tooDeep } from '../error.ts'
import { checkKey } from '../reserved.ts'
import { isContainer, isKeyed, keysOf, partAt, partsOf, type Container } from './tree.ts'
import type { Key, Path } from './types.ts'

/** The `length` that arrays of any engine can have. */
export const maxLength: number = 2 ** 32 - 2

/** A key of a `Map` or a member of a `Set`. */
export function checkMember(key: unknown, path: Path): asserts key is Key {
  if (typeof key === 'object' && key !== null) {
    throw new SyncError('not-storable', 'Map keys and Set members must be primitives', {
      path,
    })
  }
  checkPrimitive(key, path)
  checkKey(key, path)
}

export function checkPrimitive(value: unknown, path: Path): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') {
    throw new SyncError('not-storable', `A ${typeof value} cannot be stored`, {
      path,
    })
  }
  return value
}

export function checkBytes(bytes: Bytes, path: Path): void {
  const name = className(bytes)
  const known = (globalThis as unknown as Record<string, { prototype: unknown } | undefined>)[name]
  if (known?.prototype !== Object.getPrototypeOf(bytes) || name === 'DataView') {
    const message = 'These bytes cannot be stored: wrap them in new Uint8Array(bytes)'
    throw new SyncError('not-storable', message, { path })
  }
}

/**
 * Checks that a value that is only to be sent, from `path` on, arrives as what it is.
 *
 * @throws SyncError `not-storable`, `reserved-key` or `too-deep` (which is what a cycle is, too).
 */
export function checkSendable(value: unknown, path: Key[]): void {
  checkPrimitive(value, path)
  if (typeof value !== 'object' || value === null) return
  // By name, since objects and arrays may come from another realm.
  const name = className(value)
  const prototype = Object.getPrototypeOf(value) as object | null
  const isKnown = prototype === null || (Object.hasOwn(prototype, 'constructor') && prototype.constructor.name === name)
  const keyed = isKeyed(value) || value instanceof Date
  // What is another realm's, and no plain object or array, nobody would know for what it is.
  if (!isKnown || !(keyed || value instanceof ArrayBuffer || /^(Object|\w*Array)$/.test(name))) throw notSendable(path)
  if (isBytes(value)) return
  if (path.length > maxDepth) throw tooDeep(path)
  // Of a Map, Set or Date, what is hidden may be ours: in development it keeps them from being changed.
  let properties = (keyed ? Object.keys : Reflect.ownKeys)(value).length - Number(Array.isArray(value))
  for (const key of value instanceof Date ? [] : keysOf(value as Container)) {
    checkMember(key, path)
    path.push(key)
    if (!keyed) {
      if (!('value' in (Object.getOwnPropertyDescriptor(value, key as string) ?? {}))) throw notSendable(path)
      properties--
    }
    checkSendable(partAt(value as Container, key), path)
    path.pop()
  }
  if (properties !== 0) throw notSendable(path)
}

function notSendable(path: Path): SyncError {
  const message = 'Only plain data can be sent: no class instance, accessor, hidden key or hole'
  return new SyncError('not-storable', message, { path })
}

/** Checks that an immutable value, which is to stand at `path`, is not nested too deep there. */
export function checkDepth(value: unknown, path: Path, depth: number = path.length): void {
  if (!isContainer(value)) return
  if (depth >= maxDepth) throw tooDeep([...path])
  for (const part of partsOf(value)) checkDepth(part, path, depth + 1)
}
