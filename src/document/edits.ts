/** Changes to owned containers that are made at once, and can be taken back. */
import * as tree from './tree.ts'
import type { Container } from './tree.ts'
import type { Key } from './types.ts'

/** In the place of a part that was not there, and of the key of a snapshot. */
const absent = Symbol('absent')

/** One of these serves all changes of a document, one after the other. */
export class Edits {
  /** Threes of a container, a key and what was there; or a function and nothing. A closure for each change would cost more. */
  #undo: unknown[] = []

  /** The part at `key`. */
  part(container: Container, key: Key): unknown {
    return tree.partAt(container, key)
  }

  has(container: Container, key: Key): boolean {
    return tree.hasPart(container, key)
  }

  /** Owns the container `part` at `key` of an owned one. */
  own(parent: Container, key: Key, part: Container): Container {
    const owned = tree.own(part)
    if (owned !== part) tree.putPart(parent, key, owned)
    return owned
  }

  put(container: Container, key: Key, part: unknown): void {
    const before = tree.partAt(container, key)
    this.#undo.push(container, key, before !== undefined || tree.hasPart(container, key) ? before : absent)
    if (part === absent) tree.dropPart(container, key)
    else tree.putPart(container, key, part)
  }

  /**
   * Takes the part at `key`, which is there, out of an object, `Map` or `Set`. Taken back, it comes last: a replica joins
   * anew after ops that failed. Where the order matters, there are transactions.
   */
  remove(container: Container, key: Key): void {
    this.put(container, key, absent)
  }

  splice(array: unknown[], index: number, remove: number, parts: readonly unknown[]): void {
    const removed = array.slice(index, index + remove)
    spliceInPlace(array, index, remove, parts)
    this.onRollback(() => {
      spliceInPlace(array, index, parts.length, removed)
    })
  }

  /** Makes the snapshot of a container stale, before a change; whether it was not so already. */
  touch(container: Container): boolean {
    const known = tree.knownSnapshot(container)
    if (known === null || known === undefined) return false
    tree.setSnapshot(container, null)
    this.#undo.push(container, absent, known)
    return true
  }

  /** Also to be taken back. */
  onRollback(undo: () => void): void {
    this.#undo.push(undo, undefined, undefined)
  }

  /** Keeps what was done. */
  commit(): void {
    this.#undo = []
  }

  /** Takes back what was done since the last commit or rollback. */
  rollback(): void {
    const undo = this.#undo
    this.#undo = []
    for (let at = undo.length - 3; at >= 0; at -= 3) {
      const [target, key, before] = undo.slice(at, at + 3) as [Container | (() => void), Key | symbol, unknown]
      if (typeof target === 'function') target()
      else if (key === absent) tree.setSnapshot(target, before as Container)
      else if (before === absent) tree.dropPart(target, key as Key)
      else tree.putPart(target, key as Key, before)
    }
  }
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
