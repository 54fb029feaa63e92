/**
 * Changes to owned containers that are made all or not at all.
 *
 * An entry that is deleted would come back as the last one, so an object, `Map` or `Set` keeps what is deleted from it
 * until the commit: a rollback just forgets about the deletion and leaves the order as it was, at no cost. Keys that
 * are new after that have to wait too, lest they come before what was deleted and is set again.
 */
import { Edits } from './edits.ts'
import { dropPart, hasPart, mapParts, own, partAt, putPart, setSnapshot, type Container } from './tree.ts'
import type { Key } from './types.ts'

/** What the commit will do to one container. */
export interface Changes {
  /** Keys to be deleted, all of which the container has. */
  readonly gone: Set<Key>
  /** Entries to be added after that. */
  readonly late: Map<Key, unknown>
}

export class Transaction extends Edits {
  #changes: Map<Container, Changes> | undefined = undefined

  changesOf(container: Container): Changes | undefined {
    return this.#changes?.get(container)
  }

  /** The part at `key`. */
  override part(container: Container, key: Key): unknown {
    const changes = this.#changes?.get(container)
    if (changes === undefined) return partAt(container, key)
    if (changes.late.has(key)) return changes.late.get(key)
    return changes.gone.has(key) ? undefined : partAt(container, key)
  }

  override has(container: Container, key: Key): boolean {
    const changes = this.#changes?.get(container)
    if (changes === undefined) return hasPart(container, key)
    return changes.late.has(key) || (!changes.gone.has(key) && hasPart(container, key))
  }

  /** The keys there are; those that come meanwhile are visited, those that go are not. */
  *keys(container: Container): Generator<Key, void> {
    const present = container instanceof Map || container instanceof Set ? container.keys() : Object.keys(container)
    for (const key of present) if (this.#changes?.get(container)?.gone.has(key) !== true) yield key
    const late = this.#changes?.get(container)?.late
    if (late !== undefined) yield* late.keys()
  }

  /** Owns the container `part` at `key` of an owned one. */
  override own(parent: Container, key: Key, part: Container): Container {
    const owned = own(part)
    if (owned !== part) {
      const late = this.#changes?.get(parent)?.late
      if (late?.has(key) === true) late.set(key, owned)
      else putPart(parent, key, owned)
    }
    return owned
  }

  override put(container: Container, key: Key, part: unknown): void {
    const changes = this.#changes?.get(container)
    if (changes !== undefined && (changes.gone.has(key) || !hasPart(container, key))) {
      if (!isOrderedByItself(container, key)) {
        changes.late.set(key, part)
        return
      }
      changes.gone.delete(key)
    }
    super.put(container, key, part)
  }

  /** Takes the part at `key`, which is there, out of an object, `Map` or `Set`. */
  override remove(container: Container, key: Key): void {
    this.#changes ??= new Map()
    let changes = this.#changes.get(container)
    if (changes === undefined) this.#changes.set(container, (changes = { gone: new Set(), late: new Map() }))
    if (!changes.late.delete(key)) changes.gone.add(key)
  }

  /** A new container of the same sort with `convert` applied to each part that there is. */
  mapParts(container: Container, convert: (part: unknown) => unknown): Container {
    const copy = mapParts(container, convert)
    const changes = this.#changes?.get(container)
    if (changes !== undefined) make(changes, copy, convert)
    return copy
  }

  /** The same, for the snapshot of a container, which was stale: it is no longer one after a rollback. */
  readonly takeParts = (container: Container, convert: (part: unknown) => unknown): Container => {
    this.onRollback(() => {
      setSnapshot(container, null)
    })
    return this.mapParts(container, convert)
  }

  override commit(): void {
    if (this.#changes !== undefined) {
      for (const [container, changes] of this.#changes) make(changes, container, (part) => part)
      this.#changes = undefined
    }
    super.commit()
  }

  override rollback(): void {
    this.#changes = undefined
    super.rollback()
  }
}

function make({ gone, late }: Changes, container: Container, convert: (part: unknown) => unknown): void {
  for (const key of gone) dropPart(container, key)
  for (const [key, part] of late) putPart(container, key, convert(part))
}

/** Whether the key of an object has its place among the others by its value, as indices do. */
export function isOrderedByItself(container: Container, key: Key): boolean {
  if (Array.isArray(container) || container instanceof Map || container instanceof Set) return false
  return /^(?:0|[1-9]\d{0,9})$/.test(key as string) && Number(key) < 2 ** 32 - 1
}
