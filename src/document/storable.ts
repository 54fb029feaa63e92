/** What may be stored: checked while it is copied in, so that nothing that cannot cross gets as far as the state. */
import { isBytes, type Bytes } from '../bytes.ts'
import { SyncError, maxDepth, tooDeep } from '../error.ts'
import { checkKey } from '../reserved.ts'
import { development } from './development.ts'
import { freeze } from './freeze.ts'
import { checkBytes, checkDepth, checkMember, checkPrimitive } from './checks.ts'
import { noteOutside } from './outside-bytes.ts'
import { copyBytes, isContainer, keysOf, partAt, seal, type PlainObject } from './tree.ts'
import type { Key, Path } from './types.ts'

/**
 * Answers with what a draft stands for. A property rather than a `WeakMap`: filled by every update, a weak map keeps the
 * garbage collector busy.
 */
export const draftOf: unique symbol = Symbol('draft')

export interface Drafted {
  readonly [draftOf]?: {
    /** How many keys lead to it, or led when it was still in the state. */
    readonly depth: number
    /** An immutable copy of what it stands for. */
    value(): unknown
  }
}

/**
 * Returns an immutable private copy of `value`, which is to stand at `path`; in development what was given is frozen.
 *
 * @throws SyncError `not-storable`, `reserved-key` or `too-deep`, naming the path of the culprit.
 */
export function copyIn(value: unknown, path: Path): unknown {
  if (typeof value === 'string') return value
  if (!isObject(value)) return checkPrimitive(value, path)
  const copier = new Copier(path)
  return copier.run(() => copier.copy(value), value)
}

/** Does so with several values, of which the first is to stand at `index` of the array at `path`: all or none. */
export function copyItemsIn(items: readonly unknown[], path: Path, index: number): unknown[] {
  const copier = new Copier(path)
  return copier.run(() => items.map((item, offset) => copier.part(index + offset, item)), items, index)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

class Copier {
  readonly #path: Key[]
  readonly #above = new Set<object>()
  readonly #originals: object[] = []

  constructor(path: Path) {
    this.#path = [...path]
  }

  /**
   * Copies, and then takes care of the originals. Proxies are looked for in development only: in production their contents
   * are copied as they are, and nothing is lost by it.
   */
  run<T>(copy: () => T, value: unknown, index = 0): T {
    try {
      const copied = copy()
      if (development && this.#originals.length > 0) this.#refuseProxies(value, index)
      for (const original of this.#originals) freeze(original)
      return copied
    } catch (cause) {
      if (cause instanceof SyncError) throw cause
      return this.#refuse('This cannot be stored, since reading it throws', { cause })
    }
  }

  copy(value: unknown): unknown {
    if (!isObject(value)) return checkPrimitive(value, this.#path)
    const draft = (value as Drafted)[draftOf]
    if (draft !== undefined) {
      const copy = draft.value()
      // What is moved up or sideways was nested as deep before.
      if (draft.depth < this.#path.length) checkDepth(copy, this.#path)
      return copy
    }
    if (isBytes(value)) return this.#bytes(value)
    if (this.#above.has(value)) this.#refuse('A cycle cannot be stored: this object contains itself')
    if (this.#path.length >= maxDepth && !(value instanceof Date)) throw tooDeep([...this.#path])
    this.#above.add(value)
    const copy = this.#object(value)
    this.#above.delete(value)
    this.#originals.push(value)
    return copy
  }

  /** Copies one part of what is being copied. */
  part(key: Key, part: unknown): unknown {
    if (!isObject(part) && typeof part !== 'function' && typeof part !== 'symbol') return part
    this.#path.push(key)
    const copy = this.copy(part)
    this.#path.pop()
    return copy
  }

  #object(value: object): unknown {
    const prototype: unknown = Object.getPrototypeOf(value)
    // `Array.prototype` is itself an array, in every realm, and the prototype of a subclass is not.
    if (Array.isArray(value) && Array.isArray(prototype)) return this.#array(value)
    if (prototype === null || isObjectPrototype(prototype)) return this.#plain(value as PlainObject)
    if (prototype === Map.prototype || prototype === Set.prototype || prototype === Date.prototype) {
      if (Object.keys(value).length > 0 || Object.getOwnPropertySymbols(value).length > 0) {
        this.#refuse(`A ${nameOf(value)} with properties of its own cannot be stored`)
      }
      if (prototype === Map.prototype) return this.#map(value as Map<unknown, unknown>)
      if (prototype === Set.prototype) return this.#set(value as Set<unknown>)
      return freeze(new Date(value as Date))
    }
    return this.#refuse(
      `An instance of ${nameOf(value)} cannot be stored: it would arrive as something else. Store plain data instead`,
    )
  }

  #array(value: readonly unknown[]): unknown[] {
    const copy: unknown[] = []
    const keys = Reflect.ownKeys(value)
    const { length } = value
    // Indices come first, in order; behind them there is `length` only.
    if (keys.length !== length + 1 || (length > 0 && keys[length - 1] !== String(length - 1))) {
      this.#refuse('An array with holes or with other properties cannot be stored')
    }
    for (let index = 0; index < length; index++) copy.push(this.#read(value, index))
    return seal(copy)
  }

  #map(value: ReadonlyMap<unknown, unknown>): Map<Key, unknown> {
    const copy = new Map<Key, unknown>()
    for (const [key, part] of value) {
      checkMember(key, this.#path)
      copy.set(key, this.part(key, part))
    }
    return seal(copy)
  }

  #set(value: ReadonlySet<unknown>): Set<Key> {
    const copy = new Set<Key>()
    for (const member of value) {
      checkMember(member, this.#path)
      copy.add(member)
    }
    return seal(copy)
  }

  #plain(value: PlainObject): PlainObject {
    const copy: PlainObject = {}
    const keys = Object.keys(value)
    if (Reflect.ownKeys(value).length !== keys.length) {
      this.#refuse('An object with symbols or hidden properties cannot be stored')
    }
    for (const key of keys) {
      checkKey(key, this.#path)
      copy[key] = this.#read(value, key)
    }
    return seal(copy)
  }

  #read(value: object, key: string | number): unknown {
    if (development && !Object.hasOwn(Object.getOwnPropertyDescriptor(value, key) as object, 'value')) {
      this.#path.push(key)
      this.#refuse('A getter cannot be stored: store the value that it returns')
    }
    return this.part(key, (value as Record<string | number, unknown>)[key])
  }

  #bytes(value: Bytes): unknown {
    checkBytes(value, [...this.#path])
    if (development) noteOutside(value, this.#path)
    return copyBytes(value)
  }

  /**
   * structuredClone is the one thing that tells a proxy from what it stands for, but it does not tell where it is, and
   * drafts are proxies too. Returns whether there are drafts in `value`.
   */
  #refuseProxies(value: unknown, index = 0): boolean {
    if (!isContainer(value)) return false
    if ((value as Drafted)[draftOf] !== undefined) return true
    if (clones(value)) return false
    let draftMet = false
    for (const key of keysOf(value)) {
      this.#path.push(typeof key === 'number' && index > 0 ? key + index : key)
      if (this.#refuseProxies(partAt(value, key))) draftMet = true
      this.#path.pop()
    }
    return (
      draftMet ||
      this.#refuse(
        'A proxy (such as reactive state of a framework) cannot be stored: it would arrive as plain data. Store a plain copy, for example $state.snapshot(value) or toRaw(value)',
      )
    )
  }

  #refuse(message: string, options?: { readonly cause: unknown }): never {
    throw new SyncError('not-storable', message, { path: [...this.#path], ...options })
  }
}

/** Of any realm. */
function isObjectPrototype(prototype: unknown): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'isPrototypeOf')
}

function nameOf(value: object): string {
  return (value as { constructor?: { name?: string } }).constructor?.name || 'a class'
}

function clones(value: unknown): boolean {
  try {
    structuredClone(value)
    return true
  } catch {
    return false
  }
}
