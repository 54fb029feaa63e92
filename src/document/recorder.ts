/**
 * Records one update: its drafts read and write the live tree, and every write becomes an op. What a draft stands for
 * is found by identity, since an owned container is in one place only.
 */
import { isBytes, type Bytes } from '../bytes.ts'
import { SyncError } from '../error.ts'
import { applyOp, type Root } from './apply.ts'
import { checkMember } from './checks.ts'
import { diff } from './diff.ts'
import { ArrayNode } from './draft-array.ts'
import { MapNode, SetNode } from './draft-collections.ts'
import { ObjectNode } from './draft-object.ts'
import { equalLeaves } from './equal.ts'
import { Nodes, type Node } from './node.ts'
import { copyIn, copyItemsIn } from './storable.ts'
import type { Transaction } from './transaction.ts'
import {
  copyBytes,
  hasBytes,
  isContainer,
  knownSnapshot,
  own,
  privateSnapshot,
  rewriteBytes,
  seal,
  toLive,
  type Container,
} from './tree.ts'
import type { Key, Op, Path } from './types.ts'

export class Recorder {
  readonly ops: Op[] = []
  readonly root: Node
  readonly transaction: Transaction
  readonly #holder: Root
  readonly #nodes = new Nodes()
  /** The bytes that the update has read: where they are, and what it has got. */
  #lent: Map<Bytes, { readonly node: Node; readonly key: Key; readonly copy: Bytes }> | undefined = undefined
  #open = true
  /** Whether the update has taken any container out of the state. */
  #anyDetached = false

  /** @param transaction one in which nothing has been done since the last commit or rollback. */
  constructor(holder: Root, transaction: Transaction) {
    this.transaction = transaction
    this.#holder = holder
    holder.tree = own(holder.tree)
    this.root = newNode(this, holder.tree, undefined, undefined)
  }

  /** Ends the update for good. Returns its ops; its drafts are of no use any more. */
  commit(): Op[] {
    if (this.#lent !== undefined) this.#settleBytes(this.#lent.keys())
    this.#open = false
    this.transaction.commit()
    return this.ops
  }

  /** Ends the update and leaves no trace of it. */
  rollback(): void {
    this.#open = false
    this.transaction.rollback()
  }

  checkOpen(): void {
    if (!this.#open) throw closed()
  }

  has(node: Node, key: Key): boolean {
    this.checkOpen()
    return this.transaction.has(node.live, key)
  }

  /** The part at `key`: a draft where it is a container. */
  read(node: Node, key: Key): unknown {
    if (!this.#open) throw closed()
    const part = this.transaction.part(node.live, key)
    if (typeof part !== 'object' || part === null) return part
    let found = this.#nodes.get(part)
    if (found === undefined) {
      if (!isContainer(part)) return isBytes(part) ? this.#lend(part, node, key) : part
      const live = knownSnapshot(part) === undefined ? this.transaction.own(node.live, key, part) : part
      this.#nodes.add((found = newNode(this, live, node, key)))
    }
    // Where an element of an array is may have changed.
    found.key = key
    return found.draft
  }

  write(node: Node, key: Key, value: unknown): void {
    if (!this.#open) throw closed()
    const { transaction } = this
    const { live } = node
    const before = transaction.part(live, key)
    const existed = before !== undefined || transaction.has(live, key)
    const isLeaf = typeof before !== 'object'
    // Writing back what is there (`draft.a = draft.a`) changes nothing.
    if (existed && Object.is(isLeaf ? before : this.#lentFor(before), value)) return
    const path = node.path()
    // A key that is there was checked when it came.
    if (!existed) checkMember(key, path)
    path.push(key)
    const stored = typeof value === 'string' ? value : copyIn(value, path)
    if (!isLeaf) this.#detach(before)
    if (!this.#anyDetached || node.attached) {
      if (!isLeaf && this.#writeDifference(node, key, path, before, stored)) return
      // Whether `text += chunk` is an append is found out when it is sent, once for all chunks since.
      const grown =
        typeof before === 'string' && typeof stored === 'string' && before !== '' && stored.length > before.length
      this.ops.push(
        grown ? { kind: 'set', path, value: stored, previous: before } : { kind: 'set', path, value: stored },
      )
    }
    if (knownSnapshot(live) !== null) this.#touch(node)
    transaction.put(live, key, typeof stored === 'object' ? toLive(stored) : stored)
  }

  delete(node: Node, key: Key): boolean {
    if (!this.has(node, key)) return false
    if (node.attached) this.ops.push({ kind: 'delete', path: [...node.path(), key] })
    this.#remove(node, [key])
    return true
  }

  clear(node: Node): void {
    this.checkOpen()
    const keys = [...this.transaction.keys(node.live)]
    if (keys.length === 0) return
    const empty = node.live instanceof Map ? new Map<Key, unknown>() : new Set<Key>()
    if (node.attached) this.ops.push({ kind: 'set', path: node.path(), value: seal(empty) })
    this.#remove(node, keys)
  }

  /** Splices an array; `items` are values as the user gives them. */
  splice(node: Node, index: number, remove: number, items: readonly unknown[]): void {
    this.checkOpen()
    if (remove === 0 && items.length === 0) return
    const path = node.path()
    const stored = copyItemsIn(items, path, index)
    if (node.attached) this.ops.push({ kind: 'splice', path, index, remove, items: stored })
    const array = node.live as unknown[]
    for (let at = index; at < index + remove; at++) this.#detach(array[at])
    this.#touch(node)
    this.transaction.splice(array, index, remove, stored.map(toLive))
  }

  /** Puts the live parts of an array into another order. */
  reorder(node: Node, parts: readonly unknown[]): void {
    this.checkOpen()
    const array = node.live as unknown[]
    let start = 0
    while (start < parts.length && Object.is(parts[start], array[start])) start++
    let end = parts.length
    while (end > start && Object.is(parts[end - 1], array[end - 1])) end--
    if (end === start) return
    const moved = parts.slice(start, end)
    if (node.attached) {
      const items = moved.map((part) => this.valueOf(part))
      this.ops.push({ kind: 'splice', path: node.path(), index: start, remove: end - start, items })
    }
    this.#touch(node)
    this.transaction.splice(array, start, end - start, moved)
  }

  /** An immutable value equal to a live one, and independent of it. */
  valueOf(live: unknown): unknown {
    this.checkOpen()
    // No more than what is in it: of many, each may be asked for.
    this.#settleBytes(isBytes(live) ? [live] : (this.#existingNode(live)?.lent ?? []))
    return privateSnapshot(live, this.transaction)
  }

  /** Writes only in what a new container differs from the one before, so that the rest keeps its identity. */
  #writeDifference(node: Node, key: Key, path: Path, before: unknown, stored: unknown): boolean {
    if (!isContainer(before) || !isContainer(stored)) return false
    const former = this.valueOf(before) as Container
    const ops = hasBytes(former) ? undefined : diff(former, stored, path)
    if (ops === undefined) return false
    // Equal to what is there, but not what its draft stands for.
    this.transaction.put(node.live, key, former)
    for (const op of ops) {
      applyOp(this.#holder, op, this.transaction)
      this.ops.push(op)
    }
    return true
  }

  /** What the update has got for a live part, if it has read it. */
  #lentFor(part: unknown): unknown {
    return (isBytes(part) ? this.#lent?.get(part)?.copy : this.#existingNode(part)?.draft) ?? part
  }

  /** Always the same copy of bytes, which the update may write to. */
  #lend(live: Bytes, node: Node, key: Key): Bytes {
    const known = (this.#lent ??= new Map()).get(live)
    if (known === undefined)
      for (let at: Node | undefined = node; at !== undefined; at = at.parent) (at.lent ??= new Set()).add(live)
    const copy = known?.copy ?? copyBytes(live)
    this.#lent.set(live, { node, key, copy })
    return copy
  }

  /** Nobody tells when bytes are written to, so those that were lent are compared. */
  #settleBytes(which: Iterable<Bytes>): void {
    for (const live of which) {
      const lent = this.#lent?.get(live)
      if (lent === undefined) continue
      const { node, key, copy } = lent
      // Of another length: transferred away, and so of no use to the update any more.
      if (equalLeaves(live, copy) || live.byteLength !== copy.byteLength) continue
      const at = Array.isArray(node.live) ? node.live.indexOf(live) : key
      // Taken out of the state meanwhile.
      if (this.transaction.part(node.live, at) !== live) continue
      if (node.attached) this.ops.push({ kind: 'set', path: [...node.path(), at], value: copyBytes(copy) })
      this.#touch(node)
      this.transaction.onRollback(rewriteBytes(live, copy))
    }
  }

  #remove(node: Node, keys: readonly Key[]): void {
    this.#touch(node)
    for (const key of keys) {
      this.#detach(this.transaction.part(node.live, key))
      this.transaction.remove(node.live, key)
    }
  }

  #detach(part: unknown): void {
    const node = this.#existingNode(part)
    if (node !== undefined) this.#anyDetached = node.detached = true
  }

  /** Never looks for a text: a map would have to read it all, for its hash. */
  #existingNode(part: unknown): Node | undefined {
    return isContainer(part) ? this.#nodes.get(part) : undefined
  }

  /** Makes the snapshots of a container and of all above it stale; one that is so already is below stale ones only. */
  #touch(node: Node): void {
    let at: Node | undefined = node
    while (at !== undefined && this.transaction.touch(at.live)) at = at.detached ? undefined : at.parent
  }
}

function newNode(recorder: Recorder, live: Container, parent: Node | undefined, key: Key): Node {
  // Plain objects first, as most are: `instanceof` costs more.
  if (Object.getPrototypeOf(live) !== Object.prototype) {
    if (live instanceof Map) return new MapNode(recorder, live, parent, key)
    if (live instanceof Set) return new SetNode(recorder, live, parent, key)
  }
  const node = new (Array.isArray(live) ? ArrayNode : ObjectNode)(recorder, live, parent, key)
  node.draft = new Proxy(live, node)
  return node
}

function closed(): SyncError {
  return new SyncError('closed', 'This draft was used after its update() had ended')
}
