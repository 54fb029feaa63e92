/** Drafts of `Map` and `Set`: they keep nothing themselves and ask the recorder for everything. */
import { Node } from './node.ts'
import type { Recorder } from './recorder.ts'
import { draftOf } from './storable.ts'
import type { Key } from './types.ts'

/**
 * `Map` and `Set` by their prototypes alone, without a content of their own: a method that is not overridden here, as
 * future engines may have, throws instead of working on that.
 */
const EmptyMap = function () {} as unknown as new () => Map<Key, unknown>
EmptyMap.prototype = Map.prototype
const EmptySet = function () {} as unknown as new () => Set<Key>
EmptySet.prototype = Set.prototype

export class MapNode extends Node {
  declare readonly live: Map<Key, unknown>
  declare readonly draft: Map<Key, unknown>

  constructor(recorder: Recorder, live: Map<Key, unknown>, parent: Node | undefined, key: Key) {
    super(recorder, live, parent, key)
    this.draft = new DraftMap(this)
  }
}

export class SetNode extends Node {
  declare readonly live: Set<Key>
  declare readonly draft: Set<Key>

  constructor(recorder: Recorder, live: Set<Key>, parent: Node | undefined, key: Key) {
    super(recorder, live, parent, key)
    this.draft = new DraftSet(this)
  }
}

class DraftMap extends EmptyMap {
  /** structuredClone would make an empty object of it; a symbol, which it cannot clone, makes it throw, as for other drafts. */
  readonly '~draft' = draftOf
  readonly #node: MapNode

  constructor(node: MapNode) {
    super()
    this.#node = node
  }

  get [draftOf](): Node {
    return this.#node
  }

  override get size(): number {
    return sizeOf(this.#node)
  }

  override has(key: Key): boolean {
    return this.#node.recorder.has(this.#node, key)
  }

  override get(key: Key): unknown {
    return this.#node.recorder.read(this.#node, key)
  }

  override set(key: Key, value: unknown): this {
    this.#node.recorder.write(this.#node, key, value)
    return this
  }

  override delete(key: Key): boolean {
    return this.#node.recorder.delete(this.#node, key)
  }

  override clear(): void {
    this.#node.recorder.clear(this.#node)
  }

  override keys(): MapIterator<Key> {
    return keysOf(this.#node)
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

class DraftSet extends EmptySet {
  /** As in `DraftMap`. */
  readonly '~draft' = draftOf
  readonly #node: SetNode

  constructor(node: SetNode) {
    super()
    this.#node = node
  }

  get [draftOf](): Node {
    return this.#node
  }

  override get size(): number {
    return sizeOf(this.#node)
  }

  override has(member: Key): boolean {
    return this.#node.recorder.has(this.#node, member)
  }

  override add(member: Key): this {
    if (!this.has(member)) this.#node.recorder.write(this.#node, member, true)
    return this
  }

  override delete(member: Key): boolean {
    return this.#node.recorder.delete(this.#node, member)
  }

  override clear(): void {
    this.#node.recorder.clear(this.#node)
  }

  override keys(): SetIterator<Key> {
    return keysOf(this.#node)
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

function sizeOf({ recorder, live }: MapNode | SetNode): number {
  recorder.checkOpen()
  const changes = recorder.transaction.changesOf(live)
  return changes === undefined ? live.size : live.size - changes.gone.size + changes.late.size
}

/** As lazy as the iterators of the language: entries that come while it runs are visited, those that go are not. */
function keysOf({ recorder, live }: MapNode | SetNode): Generator<Key, undefined> {
  recorder.checkOpen()
  return openKeys(recorder, recorder.transaction.keys(live))
}

function* openKeys(recorder: Recorder, keys: Iterable<Key>): Generator<Key, undefined> {
  for (const key of keys) {
    recorder.checkOpen()
    yield key
  }
}

type Algebra = Record<string, (other: unknown) => unknown>

/** The set algebra of newer engines reads the internal slots of `this`. */
const algebra = [
  'union',
  'intersection',
  'difference',
  'symmetricDifference',
  'isSubsetOf',
  'isSupersetOf',
  'isDisjointFrom',
]
for (const name of algebra.filter((name) => name in Set.prototype)) {
  Object.defineProperty(DraftSet.prototype, name, {
    value(this: DraftSet, other: unknown) {
      return (new Set(this) as unknown as Algebra)[name]?.(other)
    },
  })
}
