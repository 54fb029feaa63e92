/** How what was parsed becomes part of the tree. */
import { isBytes } from '../bytes.ts'
import { checkKey } from '../reserved.ts'
import { maxDepth, tooDeep } from './checks.ts'
import { development } from './development.ts'
import { freeze } from './freeze.ts'
import { isContainer, keysOf, partsOf, seal, type Container, type PlainObject } from './tree.ts'
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

/**
 * Returns whether there are bytes in it. A window that opens walks the whole state here, most of it before this code is
 * optimized: it goes through plain objects without allocating anything, and with few calls.
 */
function adoptAt(value: unknown, path: Path, depth: number): boolean {
  const isPlain = value?.constructor === Object
  if (!isPlain && !isContainer(value)) {
    if (development && value instanceof Date) freeze(value)
    return isBytes(value)
  }
  if (depth >= maxDepth) throw tooDeep(path)
  let hasBytes = false
  if (isPlain) {
    for (const key in value) {
      // None that is refused is shorter.
      if (key.length > 8) checkKey(key, path)
      const part = (value as PlainObject)[key]
      // What a polluted prototype has is no part of the value.
      if (typeof part === 'object' && Object.hasOwn(value, key) && adoptAt(part, path, depth + 1)) hasBytes = true
    }
  } else {
    if (!Array.isArray(value)) for (const key of keysOf(value as Container)) checkKey(key, path)
    for (const part of partsOf(value as Container)) if (adoptAt(part, path, depth + 1)) hasBytes = true
  }
  if (development || hasBytes) seal(value as Container)
  return hasBytes
}
