/** Drafts of `Map` and `Set`: subclasses that keep nothing themselves and ask the recorder for everything. */
import type { Node, Recorder } from './recorder.ts'
import { checkMember, draftOf } from './storable.ts'
import type { Key } from './types.ts'

export function draftMap(recorder: Recorder, node: Node): Map<Key, unknown> {
  return new DraftMap(recorder, node)
}

export function draftSet(recorder: Recorder, node: Node): Set<Key> {
  return new DraftSet(recorder, node)
}

class DraftMap extends Map<Key, unknown> {
  readonly #recorder: Recorder
  readonly #node: Node

  constructor(recorder: Recorder, node: Node) {
    super()
    this.#recorder = recorder
    this.#node = node
  }

  override get size(): number {
    this.#recorder.checkOpen()
    return (this.#node.live as Map<Key, unknown>).size - (this.#node.gone?.size ?? 0)
  }

  get [draftOf](): Node {
    return this.#node
  }

  override has(key: Key): boolean {
    return this.#recorder.has(this.#node, key)
  }

  override get(key: Key): unknown {
    return this.#recorder.read(this.#node, key)
  }

  override set(key: Key, value: unknown): this {
    checkMember(key, [])
    this.#recorder.write(this.#node, key, value)
    return this
  }

  override delete(key: Key): boolean {
    return this.#recorder.delete(this.#node, key)
  }

  override clear(): void {
    this.#recorder.clear(this.#node)
  }

  override *keys(): MapIterator<Key> {
    for (const key of this.#recorder.keys(this.#node)) if (this.has(key)) yield key
  }

  override *values(): MapIterator<unknown> {
    for (const key of this.keys()) yield this.get(key)
  }

  override *entries(): MapIterator<[Key, unknown]> {
    for (const key of this.keys()) yield [key, this.get(key)]
  }

  override [Symbol.iterator](): MapIterator<[Key, unknown]> {
    return this.entries()
  }

  override forEach(run: (value: unknown, key: Key, map: Map<Key, unknown>) => void, self?: unknown): void {
    for (const [key, value] of this.entries()) run.call(self, value, key, this)
  }
}

class DraftSet extends Set<Key> {
  readonly #recorder: Recorder
  readonly #node: Node

  constructor(recorder: Recorder, node: Node) {
    super()
    this.#recorder = recorder
    this.#node = node
  }

  override get size(): number {
    this.#recorder.checkOpen()
    return (this.#node.live as Set<Key>).size - (this.#node.gone?.size ?? 0)
  }

  get [draftOf](): Node {
    return this.#node
  }

  override has(member: Key): boolean {
    return this.#recorder.has(this.#node, member)
  }

  override add(member: Key): this {
    checkMember(member, [])
    if (!this.has(member)) this.#recorder.write(this.#node, member, true)
    return this
  }

  override delete(member: Key): boolean {
    return this.#recorder.delete(this.#node, member)
  }

  override clear(): void {
    this.#recorder.clear(this.#node)
  }

  override *keys(): SetIterator<Key> {
    for (const member of this.#recorder.keys(this.#node)) if (this.has(member)) yield member
  }

  override values(): SetIterator<Key> {
    return this.keys()
  }

  override *entries(): SetIterator<[Key, Key]> {
    for (const member of this.keys()) yield [member, member]
  }

  override [Symbol.iterator](): SetIterator<Key> {
    return this.keys()
  }

  override forEach(run: (value: Key, same: Key, set: Set<Key>) => void, self?: unknown): void {
    for (const member of this.keys()) run.call(self, member, member, this)
  }
}

/** The set algebra of newer engines reads the internal slots of `this`, which are empty here. */
for (const name of ['union', 'intersection', 'difference', 'symmetricDifference', 'isSubsetOf', 'isSupersetOf', 'isDisjointFrom']) {
  const native = (Set.prototype as unknown as Record<string, ((other: unknown) => unknown) | undefined>)[name]
  if (native === undefined) continue
  Object.defineProperty(DraftSet.prototype, name, {
    value(this: DraftSet, other: unknown) {
      return native.call(new Set(this.values()), other)
    },
    configurable: true,
    writable: true,
  })
}
