/** Ops from elsewhere, applied in place: nothing about them is believed before it is checked. */
import { SyncError } from '../error.ts'
import { freeze } from './freeze.ts'
import { checkKey, maxDepth, maxLength } from './storable.ts'
import {
  claim,
  dropPart,
  hasPart,
  invalidate,
  isBytes,
  isContainer,
  isOwned,
  own,
  ownPart,
  partAt,
  putPart,
  type Container,
} from './tree.ts'
import type { Key, Op, Path } from './types.ts'

/** Holds the whole live tree, so that the root can be replaced like any other part. */
export interface Root {
  tree: Container
}

/** Steps that take changes back, to be run from the last to the first. */
export type Undo = (() => void)[]

export function runUndo(undo: Undo): void {
  for (let step = undo.pop(); step !== undefined; step = undo.pop()) step()
}

/**
 * Applies one op to the live tree. Its values become part of the tree.
 *
 * @throws SyncError `bad-path`, `out-of-bounds`, `reserved-key` or `too-deep`; the tree is then as it was before.
 */
export function applyOp(root: Root, op: Op, undo: Undo): void {
  const { path } = op
  if (path.length > maxDepth) throw new SyncError('too-deep', `A path may have ${maxDepth} keys at most`, { path })
  for (const key of path) checkKey(key, path)
  if (op.kind === 'splice') return applySplice(root, op, undo)
  const key = path[path.length - 1]
  if (path.length === 0) return replaceRoot(root, op, undo)
  const parent = descend(root, path, path.length - 1)
  if (op.kind === 'append') {
    const text = partAt(parent, key)
    if (typeof text !== 'string') throw new SyncError('bad-path', 'There is no text to append to', { path })
    return put(parent, key, text + op.chunk, undo)
  }
  checkParent(parent, key, path, op.kind)
  if (op.kind === 'delete') remove(parent, key, undo)
  else put(parent, key, parent instanceof Set ? true : adopt(op.value, path), undo)
}

/** Puts `part` at `key` of an owned container, which is invalidated. */
export function put(parent: Container, key: Key, part: unknown, undo: Undo): void {
  const existed = hasPart(parent, key)
  const before = partAt(parent, key)
  invalidate(parent)
  putPart(parent, key, part)
  undo.push(() => {
    invalidate(parent)
    if (existed) putPart(parent, key, before)
    else dropPart(parent, key)
  })
}

/** Takes the part at `key` away. Undone, it comes back as the last: who cares for the order defers the removal. */
function remove(parent: Container, key: Key, undo: Undo): void {
  if (!hasPart(parent, key)) return
  const before = partAt(parent, key)
  invalidate(parent)
  dropPart(parent, key)
  undo.push(() => {
    invalidate(parent)
    putPart(parent, key, before)
  })
}

/** Splices an owned array, which is invalidated. */
export function splice(array: unknown[], index: number, remove: number, items: readonly unknown[], undo: Undo): void {
  const removed = array.slice(index, index + remove)
  invalidate(array)
  spliceInPlace(array, index, remove, items)
  undo.push(() => {
    invalidate(array)
    spliceInPlace(array, index, items.length, removed)
  })
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

function applySplice(root: Root, op: Op & { kind: 'splice' }, undo: Undo): void {
  const { path, index, remove, items } = op
  const array = descend(root, path, path.length)
  if (!Array.isArray(array)) throw new SyncError('bad-path', 'There is no array to splice', { path })
  const whole = Number.isInteger(index) && Number.isInteger(remove) && index >= 0 && remove >= 0
  if (!whole || index + remove > array.length || array.length - remove + items.length > maxLength) {
    throw new SyncError('out-of-bounds', `An array of length ${array.length} has no elements ${index} to ${index + remove}`, {
      path,
    })
  }
  const adopted = items.map((item, offset) => adopt(item, [...path, index + offset]))
  splice(array, index, remove, adopted, undo)
}

function replaceRoot(root: Root, op: Op, undo: Undo): void {
  const value = op.kind === 'set' ? adopt(op.value, []) : undefined
  if (!isContainer(value)) throw new SyncError('bad-path', 'The whole state can only be replaced by an object', { path: [] })
  const before = root.tree
  root.tree = value
  undo.push(() => {
    root.tree = before
  })
}

/** The owned container at the first `length` keys of `path`, all on the way owned and invalidated. */
function descend(root: Root, path: Path, length: number): Container {
  let container = (root.tree = own(root.tree))
  invalidate(container)
  for (let index = 0; index < length; index++) {
    const next = ownPart(container, path[index])
    if (next === undefined) throw new SyncError('bad-path', 'Nothing that has parts is there', { path: path.slice(0, index + 1) })
    container = next
    invalidate(container)
  }
  return container
}

function checkParent(parent: Container, key: Key, path: Path, kind: 'set' | 'delete'): void {
  if (Array.isArray(parent)) {
    if (kind === 'delete') throw new SyncError('bad-path', 'An element of an array is removed by a splice', { path })
    if (!Number.isInteger(key) || (key as number) < 0 || (key as number) >= parent.length) {
      throw new SyncError('out-of-bounds', `An array of length ${parent.length} has no element ${String(key)}`, { path })
    }
  } else if (!(parent instanceof Map || parent instanceof Set) && typeof key !== 'string') {
    throw new SyncError('bad-path', 'A key of an object has to be a string', { path })
  }
}

/**
 * Makes a private, parsed value part of a document: checks keys and depth, freezes it in development, and claims the
 * containers that hold bytes (see `copyIn`).
 */
export function adopt(value: unknown, path: Path): unknown {
  return adoptAt(value, path, path.length)
}

function adoptAt(value: unknown, path: Path, depth: number): unknown {
  if (!isContainer(value)) return typeof value === 'object' && value !== null ? freeze(value) : value
  if (isOwned(value)) return value
  if (depth >= maxDepth) throw new SyncError('too-deep', `State may be nested ${maxDepth} levels deep at most`, { path })
  let tainted = false
  const visit = (part: unknown): void => {
    adoptAt(part, path, depth + 1)
    tainted ||= isTainted(part)
  }
  if (Array.isArray(value)) value.forEach(visit)
  else if (value instanceof Map) {
    for (const [key, part] of value) {
      checkKey(key, path)
      visit(part)
    }
  } else if (value instanceof Set) {
    for (const member of value) checkKey(member, path)
  } else {
    for (const key of Object.keys(value)) {
      checkKey(key, path)
      visit(value[key])
    }
  }
  return tainted ? claim(value) : freeze(value)
}

const isTainted = (part: unknown): boolean => isBytes(part) || (isContainer(part) && isOwned(part))
