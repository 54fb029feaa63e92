/**
 * Changes to owned containers that are made all or not at all.
 *
 * An entry that is deleted would come back as the last one, so an object, `Map` or `Set` keeps what is deleted from it
 * until the commit: a rollback just forgets about the deletion and leaves the order as it was, at no cost. Keys that
 * are new after that have to wait too, lest they come before what was deleted and is set again.
 */
import * as tree from './tree.ts'
import type { Container } from './tree.ts'
import type { Key } from './types.ts'

/** What the commit will do to one container. */
export interface Changes {
  /** Keys to be deleted, all of which the container has. */
  readonly gone: Set<Key>
  /** Entries to be added after that. */
  readonly late: Map<Key, unknown>
}

export class Transaction {
  /** Containers whose snapshot was taken in the middle. */
  readonly taken: Container[] = []
  readonly #undo: (() => void)[] = []
  /** Containers that have become stale, each followed by the snapshot that it had. */
  readonly #stale: Container[] = []
  #changes: Map<Container, Changes> | undefined = undefined

  changesOf(container: Container): Changes | undefined {
    return this.#changes?.get(container)
  }

  /** The part at `key`. */
  part(container: Container, key: Key): unknown {
    const changes = this.#changes?.get(container)
    if (changes === undefined) return tree.partAt(container, key)
    if (changes.late.has(key)) return changes.late.get(key)
    return changes.gone.has(key) ? undefined : tree.partAt(container, key)
  }

  has(container: Container, key: Key): boolean {
    const changes = this.#changes?.get(container)
    if (changes === undefined) return tree.hasPart(container, key)
    return changes.late.has(key) || (!changes.gone.has(key) && tree.hasPart(container, key))
  }

  /** The keys there are; those that come meanwhile are visited, those that go are not. */
  *keys(container: Container): Generator<Key, void> {
    const present = container instanceof Map || container instanceof Set ? container.keys() : Object.keys(container)
    for (const key of present) if (this.#changes?.get(container)?.gone.has(key) !== true) yield key
    const late = this.#changes?.get(container)?.late
    if (late !== undefined) yield* late.keys()
  }

  /** Owns the container `part` at `key` of an owned one. */
  own(parent: Container, key: Key, part: Container): Container {
    const owned = tree.own(part)
    if (owned !== part) {
      const late = this.#changes?.get(parent)?.late
      if (late?.has(key) === true) late.set(key, owned)
      else tree.putPart(parent, key, owned)
    }
    return owned
  }

  put(container: Container, key: Key, part: unknown): void {
    const changes = this.#changes?.get(container)
    if (changes !== undefined && (changes.gone.has(key) || !tree.hasPart(container, key))) {
      if (!isOrderedByItself(container, key)) {
        changes.late.set(key, part)
        return
      }
      changes.gone.delete(key)
    }
    const existed = tree.hasPart(container, key)
    const before = tree.partAt(container, key)
    tree.putPart(container, key, part)
    this.#undo.push(() => {
      if (existed) tree.putPart(container, key, before)
      else tree.dropPart(container, key)
    })
  }

  /** Takes the part at `key`, which is there, out of an object, `Map` or `Set`. */
  remove(container: Container, key: Key): void {
    this.#changes ??= new Map()
    let changes = this.#changes.get(container)
    if (changes === undefined) this.#changes.set(container, (changes = { gone: new Set(), late: new Map() }))
    if (!changes.late.delete(key)) changes.gone.add(key)
  }

  splice(array: unknown[], index: number, remove: number, parts: readonly unknown[]): void {
    const removed = array.slice(index, index + remove)
    spliceInPlace(array, index, remove, parts)
    this.#undo.push(() => {
      spliceInPlace(array, index, parts.length, removed)
    })
  }

  /** Also to be undone. */
  onRollback(undo: () => void): void {
    this.#undo.push(undo)
  }

  /** Makes the snapshot of a container stale, before a change; whether it was not so already. */
  touch(container: Container): boolean {
    const known = tree.knownSnapshot(container)
    if (known === null || known === undefined) return false
    this.#stale.push(container, known)
    tree.setSnapshot(container, null)
    return true
  }

  commit(): void {
    for (const [container, changes] of this.#changes ?? []) tree.makeChanges(container, changes, tree.same)
  }

  rollback(): void {
    for (const undo of this.#undo.reverse()) undo()
    for (const container of this.taken) tree.setSnapshot(container, null)
    const stale = this.#stale
    // Backwards: a container that was touched twice had the right snapshot the first time.
    for (let at = stale.length - 2; at >= 0; at -= 2)
      tree.setSnapshot(stale[at] as Container, stale[at + 1] as Container)
  }
}

/** Whether the key of an object has its place among the others by its value, as indices do. */
export function isOrderedByItself(container: Container, key: Key): boolean {
  if (Array.isArray(container) || container instanceof Map || container instanceof Set) return false
  return /^(?:0|[1-9]\d{0,9})$/.test(key as string) && Number(key) < 2 ** 32 - 1
}

/** `Array.prototype.splice` takes its items as arguments, and engines limit their number. */
function spliceInPlace(array: unknown[], index: number, remove: number, items: readonly unknown[]): void {
  if (items.length < 5000) {
    array.splice(index, remove, ...items)
    return
  }
  const tail = array.slice(index + remove)
  array.length = index
  for (const item of items) array.push(item)
  for (const item of tail) array.push(item)
}
