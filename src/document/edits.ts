/** Changes to owned containers that are made at once, and can be taken back. */
import { dropPart, hasPart, knownSnapshot, own, partAt, putPart, setSnapshot, type Container } from './tree.ts'
import type { Key } from './types.ts'

/** Items. */
const atOnce = 5000

/** One of these serves all changes of a document, one after the other. */
export class Edits {
  #undo: (() => void)[] = []

  /** The part at `key`. */
  part(container: Container, key: Key): unknown {
    return partAt(container, key)
  }

  has(container: Container, key: Key): boolean {
    return hasPart(container, key)
  }

  /** Owns the container `part` at `key` of an owned one. */
  own(parent: Container, key: Key, part: Container): Container {
    const owned = own(part)
    if (owned !== part) putPart(parent, key, owned)
    return owned
  }

  put(container: Container, key: Key, part: unknown): void {
    this.#remember(container, key)
    putPart(container, key, part)
  }

  /**
   * Takes the part at `key`, which is there, out of an object, `Map` or `Set`. Taken back, it comes last: a replica joins
   * anew after ops that failed. Where the order matters, there are transactions.
   */
  remove(container: Container, key: Key): void {
    this.#remember(container, key)
    dropPart(container, key)
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
    const known = knownSnapshot(container)
    if (!known) return false
    setSnapshot(container, null)
    this.onRollback(() => {
      setSnapshot(container, known)
    })
    return true
  }

  #remember(container: Container, key: Key): void {
    const before = partAt(container, key)
    const existed = before !== undefined || hasPart(container, key)
    this.onRollback(() => {
      if (existed) putPart(container, key, before)
      else dropPart(container, key)
    })
  }

  /** Also to be taken back. */
  onRollback(undo: () => void): void {
    this.#undo.push(undo)
  }

  /** Keeps what was done. */
  commit(): void {
    this.#undo = []
  }

  /** Takes back what was done since the last commit or rollback. */
  rollback(): void {
    for (const undo of this.#undo.splice(0).reverse()) undo()
  }
}

/** `Array.prototype.splice` takes its items as arguments, and engines limit their number. */
function spliceInPlace(array: unknown[], index: number, remove: number, items: readonly unknown[]): void {
  array.splice(index, remove, ...items.slice(0, atOnce))
  for (let at = atOnce; at < items.length; at += atOnce) array.splice(index + at, 0, ...items.slice(at, at + atOnce))
}
