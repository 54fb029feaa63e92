/** Ops from elsewhere, applied in place: nothing about them is believed before it is checked. */
import { SyncError, maxDepth, tooDeep } from '../error.ts'
import { checkKey } from '../reserved.ts'
import { adopt } from './adopt.ts'
import { maxLength } from './checks.ts'
import type { Edits } from './edits.ts'
import { isContainer, isKeyed, own, toLive, type Container } from './tree.ts'
import type { Op, Path } from './types.ts'

/** Holds the whole live tree, so that the root can be replaced like any other part. */
export interface Root {
  tree: Container
}

/**
 * Applies one op to the live tree. Its values are immutable from then on.
 *
 * @throws SyncError `bad-path`, `out-of-bounds`, `reserved-key` or `too-deep`; what it did until then `edits` can take back.
 */
export function applyOp(root: Root, op: Op, edits: Edits): void {
  const { path } = op
  if (path.length > maxDepth) throw tooDeep(path)
  for (let index = 0; index < path.length; index++) checkKey(path[index], path, index)
  if (op.kind === 'splice') return applySplice(root, op, edits)
  if (path.length === 0) return replaceRoot(root, op, edits)
  const way = descend(root, path, path.length - 1, edits)
  const parent = way[way.length - 1] as Container
  const key = path[path.length - 1]
  const before = edits.part(parent, key)
  const existed = before !== undefined || edits.has(parent, key)
  if (op.kind === 'append') {
    if (typeof before !== 'string' || parent instanceof Set) throw misfit(path)
    touch(way, edits)
    return edits.put(parent, key, before + op.chunk)
  }
  if (Array.isArray(parent)) {
    // An element is removed by a splice.
    if (op.kind === 'delete') throw misfit(path)
    if (!isIndex(key, parent.length)) throw outOfBounds(path, parent)
  } else if (typeof key !== 'string' && !isKeyed(parent)) throw misfit(path)
  if (op.kind === 'delete') {
    if (!existed) return
    touch(way, edits)
    return edits.remove(parent, key)
  }
  const { value } = op
  const part = parent instanceof Set ? key : typeof value === 'object' ? toLive(adopt(value, path)) : value
  if (existed && Object.is(part, before)) return
  touch(way, edits)
  edits.put(parent, key, part)
}

function applySplice(root: Root, op: Op & { kind: 'splice' }, edits: Edits): void {
  const { path, index, remove, items } = op
  const way = descend(root, path, path.length, edits)
  const array = way[way.length - 1]
  if (!Array.isArray(array)) throw misfit(path)
  if (!isIndex(index, array.length + 1) || !isIndex(remove, array.length - index + 1)) throw outOfBounds(path, array)
  if (array.length - remove + items.length > maxLength) throw outOfBounds(path, array)
  const parts = items.map((item, offset) => toLive(adopt(item, [...path, index + offset])))
  touch(way, edits)
  edits.splice(array, index, remove, parts)
}

function replaceRoot(root: Root, op: Op, edits: Edits): void {
  const value = op.kind === 'set' ? toLive(adopt(op.value, [])) : undefined
  if (!isContainer(value)) throw misfit(op.path)
  const before = root.tree
  root.tree = value
  edits.onRollback(() => {
    root.tree = before
  })
}

/** The containers from the root to the one at the first `length` keys of `path`, owned. */
function descend(root: Root, path: Path, length: number, edits: Edits): Container[] {
  let container = (root.tree = own(root.tree))
  const way = [container]
  for (let index = 0; index < length; index++) {
    const part = edits.part(container, path[index])
    if (!isContainer(part)) throw misfit(path.slice(0, index + 1))
    way.push((container = edits.own(container, path[index], part)))
  }
  return way
}

function touch(way: readonly Container[], edits: Edits): void {
  for (const container of way) edits.touch(container)
}

function isIndex(value: unknown, end: number): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < end
}

export function misfit(path: Path): SyncError {
  return new SyncError('bad-path', 'What is there cannot be changed like this', { path })
}

function outOfBounds(path: Path, { length }: readonly unknown[]): SyncError {
  return new SyncError('out-of-bounds', `The array has ${length} elements`, { path })
}
