import type { Path } from './types.ts'

/** A string that two paths share only if they are the same. */
export function pathKey(path: Path): string {
  let text = ''
  for (const key of path) text += typeof key === 'string' ? `${key.length}:${key}` : `${typeof key}:${String(key)};`
  return text
}
