/** What may be stored: keys, depth, primitives, and how a draft that is written is told from other objects. */
import { SyncError } from '../error.ts'
import { isBytes, isContainer, keysOf, partAt, partsOf, type Bytes } from './tree.ts'
import type { Key, Path } from './types.ts'

/** Deepest nesting of a document. Everything that walks one is recursive, and so is `JSON`. */
export const maxDepth = 128

/** The `length` that arrays of any engine can have. */
export const maxLength: number = 2 ** 32 - 2

const reserved = new Set<unknown>(['__proto__', 'prototype', 'constructor'])

/** @param length of `path`, how many keys lead to where `key` is. */
export function checkKey(key: unknown, path: Path, length: number = path.length): void {
  if (reserved.has(key)) {
    throw new SyncError('reserved-key', `The key "${key as string}" is refused: it could reach a prototype`, {
      path: [...path.slice(0, length), key],
    })
  }
}

/** A key of a `Map` or a member of a `Set`. */
export function checkMember(key: unknown, path: Path): asserts key is Key {
  if (typeof key === 'object' && key !== null) {
    throw new SyncError('not-storable', 'Keys of a Map and members of a Set have to be primitives', {
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
  const name = Object.prototype.toString.call(bytes).slice(8, -1)
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
export function checkSendable(value: unknown, path: Path): void {
  checkPrimitive(value, path)
  // A DataView is the one sort of bytes that has no copy of itself.
  if (isBytes(value) && !('slice' in value)) throw notSendable(path)
  if (!isContainer(value)) return
  if (path.length > maxDepth) throw tooDeep(path)
  const prototype: unknown = Object.getPrototypeOf(value)
  const plain = prototype === null || Array.isArray(prototype) || Object.hasOwn(prototype as object, 'isPrototypeOf')
  if (!plain && prototype !== Map.prototype && prototype !== Set.prototype) {
    throw notSendable(path)
  }
  for (const key of keysOf(value)) {
    checkMember(key, path)
    checkSendable(partAt(value, key), [...path, key])
  }
}

function notSendable(path: Path): SyncError {
  return new SyncError('not-storable', 'An instance of a class cannot be sent: send plain data', { path })
}

/** Checks that an immutable value, which is to stand at `path`, is not nested too deep there. */
export function checkDepth(value: unknown, path: Path, depth: number = path.length): void {
  if (!isContainer(value)) return
  if (depth >= maxDepth) throw tooDeep([...path])
  for (const part of partsOf(value)) checkDepth(part, path, depth + 1)
}

export function tooDeep(path: Path): SyncError {
  return new SyncError('too-deep', `State may be nested ${maxDepth} levels deep at most`, { path })
}
