/** How what was parsed becomes part of the tree. */
import { isBytes } from '../bytes.ts'
import { maxDepth, tooDeep } from '../error.ts'
import { checkKey } from '../reserved.ts'
import { development } from './development.ts'
import { freeze } from './freeze.ts'
import { isContainer, keysOf, partsOf, seal } from './tree.ts'
import type { Path } from './types.ts'

/**
 * Makes a private, parsed value immutable: checks its keys and its depth, and freezes it in development.
 *
 * @throws SyncError `reserved-key` or `too-deep`.
 */
export function adopt(value: unknown, path: Path): unknown {
  adoptAt(value, path, path.length)
  return value
}

/** Returns whether there are bytes in it. */
function adoptAt(value: unknown, path: Path, depth: number): boolean {
  if (!isContainer(value)) {
    if (development && value instanceof Date) freeze(value)
    return isBytes(value)
  }
  if (depth >= maxDepth) throw tooDeep(path)
  if (!Array.isArray(value)) for (const key of keysOf(value)) checkKey(key, path)
  let hasBytes = false
  for (const part of partsOf(value)) if (adoptAt(part, path, depth + 1)) hasBytes = true
  if (development || hasBytes) seal(value)
  return hasBytes
}
