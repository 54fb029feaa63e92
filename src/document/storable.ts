/** What may be stored: checked while it is copied in, so that nothing that cannot cross gets as far as the state. */
import { SyncError } from '../error.ts'
import { development, freeze } from './freeze.ts'
import { claim, copyBytes, hasBytes, isBytes, isContainer, isOwned, type Container, type PlainObject } from './tree.ts'
import type { Key, Path } from './types.ts'

/** Deepest nesting of a document. Everything that walks one is recursive, and so is `JSON`. */
export const maxDepth = 128

/** The `length` that arrays of any engine can have. */
export const maxLength: number = 2 ** 32 - 2

const reserved = new Set<unknown>(['__proto__', 'prototype', 'constructor'])

/**
 * Answers with what a draft stands for. A property rather than a `WeakMap`: filled by every update, a weak map keeps the
 * garbage collector busy.
 */
export const draftOf: unique symbol = Symbol('draft')

export interface Drafted {
  readonly [draftOf]?: { readonly live: Container; takeSnapshot(): unknown }
}

/**
 * Returns a private copy of `value`, which is to stand at `path`; in development what was given is frozen.
 *
 * @throws SyncError `not-storable`, `reserved-key` or `too-deep`, naming the path of the culprit.
 */
export function copyIn(value: unknown, path: Path): unknown {
  if (typeof value !== 'object' || value === null) return checkPrimitive(value, path)
  const copier = new Copier([...path])
  const copy = copier.copy(value)
  copier.finish(value)
  return copy
}

/** The same reference, or a copy of a copied-in value or a snapshot that holds bytes, which nobody can freeze. */
export function copyForOp(stored: unknown): unknown {
  return hasBytes(stored) || (isContainer(stored) && isOwned(stored)) ? new Copier([]).copy(stored) : stored
}

export function checkKey(key: unknown, path: Path): void {
  if (reserved.has(key)) {
    throw new SyncError('reserved-key', `The key ${JSON.stringify(key)} is refused, because it could reach a prototype`, {
      path: [...path, key],
    })
  }
}

/** A key of a `Map` or a member of a `Set`. */
export function checkMember(key: unknown, path: Path): asserts key is Key {
  if (typeof key === 'object' && key !== null) {
    throw new SyncError('not-storable', 'Keys of a Map and members of a Set have to be primitives; use a Map by id', {
      path,
    })
  }
  checkKey(checkPrimitive(key, path), path)
}

function checkPrimitive(value: unknown, path: Path): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') {
    throw new SyncError('not-storable', `A ${typeof value} cannot be stored: it cannot cross to another process`, { path })
  }
  return value
}

class Copier {
  readonly #path: Key[]
  readonly #above = new Set<object>()
  readonly #originals: object[] = []
  #draftsMet = false

  constructor(path: Key[]) {
    this.#path = path
  }

  copy(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return checkPrimitive(value, this.#path)
    const draft = (value as Drafted)[draftOf]
    if (draft !== undefined) {
      this.#draftsMet = true
      const taken = draft.takeSnapshot()
      return copyForOp(taken)
    }
    if (isBytes(value)) return this.#bytes(value)
    if (value instanceof Date && Object.getPrototypeOf(value) === Date.prototype) {
      this.#originals.push(value)
      return freeze(new Date(value))
    }
    if (this.#above.has(value)) this.#refuse('A cycle cannot be stored: this object contains itself')
    if (this.#path.length >= maxDepth) {
      throw new SyncError('too-deep', `State may be nested ${maxDepth} levels deep at most`, { path: this.#path })
    }
    this.#above.add(value)
    const copy = this.#container(value)
    this.#above.delete(value)
    this.#originals.push(value)
    return isOwned(copy) ? copy : freeze(copy)
  }

  /** To be called when all has been copied: from here on nothing can throw but the discovery of a proxy. */
  finish(value: object): void {
    if (!development) return
    // Not in production: there a proxy's contents are copied as they are, and nothing is lost by it.
    if (!this.#draftsMet && !clones(value)) this.#refuseProxy(value)
    for (const original of this.#originals) freeze(original)
  }

  #container(value: object): Container {
    const prototype: unknown = Object.getPrototypeOf(value)
    // `Array.prototype` is itself an array, in every realm, and the prototype of a subclass is not.
    if (Array.isArray(value) && Array.isArray(prototype)) return this.#array(value)
    if (prototype === Map.prototype && value instanceof Map) return this.#map(value as Map<unknown, unknown>)
    if (prototype === Set.prototype && value instanceof Set) return this.#set(value as Set<unknown>)
    if (prototype === null || Object.getPrototypeOf(prototype) === null) return this.#object(value as PlainObject)
    const name = (value as { constructor?: { name?: string } }).constructor?.name
    return this.#refuse(
      `An instance of ${name || 'a class'} cannot be stored: it would arrive as something else. Store plain data instead`,
    )
  }

  #array(value: readonly unknown[]): unknown[] {
    const copy: unknown[] = []
    if (development && Object.keys(value).length !== value.length) this.#refuse('This array has holes or extra properties')
    for (let index = 0; index < value.length; index++) {
      if (!(index in value)) this.#refuse('An array with holes cannot be stored')
      copy.push(this.#part(copy, index, value[index]))
    }
    return copy
  }

  #map(value: ReadonlyMap<unknown, unknown>): Map<Key, unknown> {
    const copy = new Map<Key, unknown>()
    for (const [key, part] of value) {
      checkMember(key, this.#path)
      copy.set(key, this.#part(copy, key, part))
    }
    return copy
  }

  #set(value: ReadonlySet<unknown>): Set<Key> {
    const copy = new Set<Key>()
    for (const member of value) {
      checkMember(member, this.#path)
      copy.add(member)
    }
    return copy
  }

  #object(value: PlainObject): PlainObject {
    const copy: PlainObject = {}
    const keys = Object.keys(value)
    if (Reflect.ownKeys(value).length !== keys.length && !isOwned(value)) {
      this.#refuse('An object with symbols or hidden properties cannot be stored')
    }
    for (const key of keys) {
      checkKey(key, this.#path)
      if (development && Object.getOwnPropertyDescriptor(value, key)?.get !== undefined) {
        this.#path.push(key)
        this.#refuse('A getter cannot be stored: store the value that it returns')
      }
      copy[key] = this.#part(copy, key, value[key])
    }
    return copy
  }

  /** Copies one part. A container with bytes in it is owned: its snapshots hold bytes of their own. */
  #part(parent: Container, key: Key, part: unknown): unknown {
    if (typeof part !== 'object' || part === null) {
      if (typeof part !== 'function' && typeof part !== 'symbol') return part
    }
    this.#path.push(key)
    const copy = this.copy(part)
    this.#path.pop()
    if (isBytes(copy) || (isContainer(copy) && isOwned(copy))) claim(parent)
    return copy
  }

  #bytes(value: ArrayBuffer | ArrayBufferView): unknown {
    const prototype: unknown = Object.getPrototypeOf(value)
    const name = Object.prototype.toString.call(value).slice(8, -1)
    const known = (globalThis as unknown as Record<string, { prototype: unknown } | undefined>)[name]
    if (known?.prototype !== prototype || name === 'DataView') {
      this.#refuse('Of bytes, plain ArrayBuffers and typed arrays can be stored; wrap these: new Uint8Array(bytes)')
    }
    return copyBytes(value)
  }

  /** structuredClone is the one thing that tells a proxy from what it stands for, but it does not tell where. */
  #refuseProxy(value: unknown): never {
    const parts: Iterable<readonly [unknown, unknown]> =
      value instanceof Map ? value : value instanceof Set ? [] : Object.entries(value as object)
    for (const [key, part] of parts) {
      if (clones(part)) continue
      this.#path.push(Array.isArray(value) ? Number(key) : (key as Key))
      this.#refuseProxy(part)
    }
    return this.#refuse(
      'A proxy (such as reactive state of a framework) cannot be stored: it would arrive as plain data. Store a plain copy, for example $state.snapshot(value) or toRaw(value)',
    )
  }

  #refuse(message: string): never {
    throw new SyncError('not-storable', message, { path: [...this.#path] })
  }
}

function clones(value: unknown): boolean {
  try {
    structuredClone(value)
    return true
  } catch {
    return false
  }
}
