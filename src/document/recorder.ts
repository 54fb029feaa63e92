/**
 * Records one update: its drafts read and write the live tree, and every write becomes an op. What a draft stands for
 * is found by identity, since an owned container is in one place only; its path is worked out when it is needed, so
 * elements that shift need no bookkeeping. A draft whose container was taken out of the tree goes on working, and
 * records nothing.
 */
import { SyncError } from '../error.ts'
import { applyOp, put, runUndo, splice, type Root, type Undo } from './apply.ts'
import { diff } from './diff.ts'
import { draftMap, draftSet } from './draft-collections.ts'
import { draftArray, draftObject } from './draft-proxies.ts'
import { checkKey, copyForOp, copyIn, draftOf, type Drafted } from './storable.ts'
import * as tree from './tree.ts'
import type { Container } from './tree.ts'
import type { Key, Op, Path } from './types.ts'

/** One container of the live tree, as an update sees it. */
export class Node {
  readonly live: Container
  readonly parent: Node | undefined
  /** Where it is in its parent; for an element of an array, where it was seen last. */
  key: Key
  readonly draft: object
  /**
   * Keys that the update has deleted while the live container still has them. Removing them only when the update is
   * over lets one that throws leave their order as it was, at no cost to the others.
   */
  gone: Set<Key> | undefined = undefined
  readonly #recorder: Recorder

  constructor(recorder: Recorder, live: Container, parent: Node | undefined, key: Key) {
    this.#recorder = recorder
    this.live = live
    this.parent = parent
    this.key = key
    if (Array.isArray(live)) this.draft = draftArray(recorder, this)
    else if (live instanceof Map) this.draft = draftMap(recorder, this)
    else if (live instanceof Set) this.draft = draftSet(recorder, this)
    else this.draft = draftObject(recorder, this)
  }

  takeSnapshot(): unknown {
    return this.#recorder.snapshot(this.live)
  }
}

export class Recorder {
  readonly ops: Op[] = []
  readonly root: Node
  readonly #holder: Root
  readonly #undo: Undo = []
  readonly #nodes = new Map<Container, Node>()
  readonly #withGone = new Set<Node>()
  /** The snapshots that were good before the update, of the containers that it has touched. */
  readonly #known = new Map<Container, Container | null>()
  #open = true

  constructor(holder: Root) {
    this.#holder = holder
    holder.tree = tree.own(holder.tree)
    this.root = this.#nodeOf(holder.tree, undefined, undefined)
  }

  /** Ends the update for good. Returns its ops; its drafts are of no use any more. */
  commit(): Op[] {
    this.#open = false
    for (const { live, gone } of this.#withGone) for (const key of gone ?? []) tree.dropPart(live, key)
    return this.ops
  }

  /** Ends the update and leaves no trace of it. */
  rollback(): void {
    this.#open = false
    runUndo(this.#undo)
    for (const [live, known] of this.#known) tree.restoreSnapshot(live, known)
  }

  checkOpen(): void {
    if (!this.#open) throw new SyncError('closed', 'This draft was used after its update() had ended')
  }

  has(node: Node, key: Key): boolean {
    this.checkOpen()
    return tree.hasPart(node.live, key) && node.gone?.has(key) !== true
  }

  /** The part at `key`: a draft where it is a container. */
  read(node: Node, key: Key): unknown {
    this.checkOpen()
    if (node.gone?.has(key) === true) return undefined
    const live = tree.ownPart(node.live, key)
    if (live !== undefined) return this.#nodeOf(live, node, key).draft
    const part = tree.partAt(node.live, key)
    return tree.isBytes(part) ? tree.copyBytes(part) : part
  }

  keys(node: Node): Key[] {
    this.checkOpen()
    const { live, gone } = node
    const keys: Key[] = live instanceof Map || live instanceof Set ? [...live.keys()] : Object.keys(live)
    return gone === undefined ? keys : keys.filter((key) => !gone.has(key))
  }

  write(node: Node, key: Key, value: unknown): void {
    const existed = this.has(node, key)
    const before = existed ? tree.partAt(node.live, key) : undefined
    // Writing back what is there (`draft.a = draft.a`) changes nothing.
    if (existed && (tree.isContainer(before) ? this.#nodes.get(before)?.draft === value : Object.is(before, value))) return
    const parentPath = this.#path(node)
    const path = [...(parentPath ?? []), key]
    checkKey(key, path)
    const stored = node.live instanceof Set ? true : copyIn(value, path)
    // A key that was deleted and comes back is the last one.
    if (node.gone?.has(key) === true) this.#settle(node)
    this.#touch(node)
    if (parentPath === undefined) put(node.live, key, stored, this.#undo)
    else this.#put(node, key, path, before, stored)
  }

  delete(node: Node, key: Key): boolean {
    if (!this.has(node, key)) return false
    const path = this.#path(node)
    if (path !== undefined) this.ops.push({ kind: 'delete', path: [...path, key] })
    this.#putOff(node, [key])
    return true
  }

  clear(node: Node): void {
    const keys = this.keys(node)
    if (keys.length === 0) return
    const path = this.#path(node)
    if (path !== undefined) this.ops.push({ kind: 'set', path, value: node.live instanceof Map ? new Map() : new Set() })
    this.#putOff(node, keys)
  }

  /** Splices an array; `items` are values as the user gives them. Returns the removed elements, drafts included. */
  splice(node: Node, index: number, remove: number, items: readonly unknown[]): unknown[] {
    this.checkOpen()
    const path = this.#path(node)
    const stored = items.map((item, offset) => copyIn(item, [...(path ?? []), index + offset]))
    const removed: unknown[] = []
    for (let at = index; at < index + remove; at++) removed.push(this.read(node, at))
    if (remove > 0 || stored.length > 0) this.#splice(node, path, index, remove, stored)
    return removed
  }

  /** Puts the elements of an array, given as its own drafts and values, into another order. */
  reorder(node: Node, order: readonly unknown[]): void {
    const array = node.live as unknown[]
    const parts = order.map((item) => (typeof item === 'object' && item !== null ? ((item as Drafted)[draftOf]?.live ?? item) : item))
    let start = 0
    while (start < parts.length && Object.is(parts[start], array[start])) start++
    let end = parts.length
    while (end > start && Object.is(parts[end - 1], array[end - 1])) end--
    if (end > start) this.#splice(node, this.#path(node), start, end - start, parts.slice(start, end))
  }

  /** The snapshot of a live container in the middle of the update. */
  snapshot(live: Container): unknown {
    this.checkOpen()
    for (const node of this.#withGone) {
      for (let at: Node | undefined = node; at !== undefined; at = at.parent) if (at.live === live) this.#settle(node)
    }
    return tree.snapshot(live)
  }

  /** Where the container of a draft is, or `undefined` if it is not in the tree any more. */
  #path(node: Node): Key[] | undefined {
    const path: Key[] = []
    for (let at = node; at.parent !== undefined; at = at.parent) {
      const { live, gone } = at.parent
      if (tree.partAt(live, at.key) !== at.live) {
        const index = Array.isArray(live) ? live.indexOf(at.live) : -1
        if (index < 0) return undefined
        at.key = index
      }
      if (gone?.has(at.key) === true) return undefined
      path.push(at.key)
    }
    return path.reverse()
  }

  #put(node: Node, key: Key, path: Path, before: unknown, stored: unknown): void {
    if (tree.isContainer(before) && tree.isContainer(stored) && !tree.isOwned(stored)) {
      const former = this.snapshot(before)
      const smaller = tree.hasBytes(former) ? undefined : diff(former, stored, path)
      if (smaller !== undefined) {
        // What is equal in both keeps its identity, and the draft of what was there is now a draft of nothing.
        put(node.live, key, former, this.#undo)
        for (const op of smaller) applyOp(this.#holder, op, this.#undo)
        this.ops.push(...smaller)
        return
      }
    }
    // Whether `text += chunk` is an append is found out when it is sent, once for all chunks since.
    const grown = typeof before === 'string' && typeof stored === 'string' && before !== '' && stored.length > before.length
    this.ops.push({ kind: 'set', path, value: copyForOp(stored), ...(grown ? { previous: before } : undefined) })
    put(node.live, key, stored, this.#undo)
  }

  #splice(node: Node, path: Path | undefined, index: number, remove: number, parts: readonly unknown[]): void {
    if (path !== undefined) {
      const items = parts.map((part) => copyForOp(tree.isContainer(part) && this.#nodes.has(part) ? this.snapshot(part) : part))
      this.ops.push({ kind: 'splice', path, index, remove, items })
    }
    this.#touch(node)
    splice(node.live as unknown[], index, remove, parts, this.#undo)
  }

  #putOff(node: Node, keys: readonly Key[]): void {
    const gone = (node.gone ??= new Set())
    this.#withGone.add(node)
    for (const key of keys) gone.add(key)
    this.#undo.push(() => {
      for (const key of keys) gone.delete(key)
    })
    this.#touch(node)
  }

  /** Makes the deletions of one container now; the price is a copy of its entries, should the update throw. */
  #settle({ live, gone }: Node): void {
    if (gone === undefined || gone.size === 0) return
    const entries = tree.entriesOf(live)
    const keys = [...gone]
    for (const key of keys) tree.dropPart(live, key)
    gone.clear()
    this.#undo.push(() => {
      for (const [key] of tree.entriesOf(live)) tree.dropPart(live, key)
      for (const [key, part] of entries) tree.putPart(live, key, part)
      for (const key of keys) gone.add(key)
    })
  }

  #nodeOf(live: Container, parent: Node | undefined, key: Key): Node {
    let node = this.#nodes.get(live)
    if (node === undefined) this.#nodes.set(live, (node = new Node(this, live, parent, key)))
    return node
  }

  /** Makes the snapshots of a container and of all above it stale. */
  #touch(node: Node): void {
    for (let at: Node | undefined = node; at !== undefined; at = at.parent) {
      const { live } = at
      if (!this.#known.has(live)) this.#known.set(live, tree.knownSnapshot(live))
      tree.invalidate(live)
    }
  }
}
