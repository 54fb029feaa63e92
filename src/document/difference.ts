import type { Key, Path } from './types.ts'

/**
 * Where two storable values first differ to anybody who looks, the order of keys included; `undefined` if nowhere. Where it
 * is only the order or the sort of a container, that is the container. Imports nothing, for the reason that `hash` gives.
 */
export function difference(a: unknown, b: unknown): Path | undefined {
  if (Object.is(a, b)) return undefined
  const [parts, others] = [partsOf(a), partsOf(b)]
  if (parts === undefined || others === undefined || sortOf(a) !== sortOf(b)) return []
  for (const [key, part] of parts) {
    const found = others.has(key) ? difference(part, others.get(key)) : []
    if (found !== undefined) return isLeaf(a) ? [] : [key, ...found]
  }
  for (const key of others.keys()) if (!parts.has(key)) return isLeaf(a) ? [] : [key]
  const order = [...others.keys()]
  return [...parts.keys()].every((key, index) => Object.is(key, order[index])) ? undefined : []
}

function sortOf(value: unknown): string {
  return Object.prototype.toString.call(value)
}

/** Dates and bytes have parts only to be compared by. */
function isLeaf(value: unknown): boolean {
  return value instanceof Date || value instanceof ArrayBuffer || ArrayBuffer.isView(value)
}

function partsOf(value: unknown): ReadonlyMap<Key, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (value instanceof Map) return value as ReadonlyMap<Key, unknown>
  if (value instanceof Set) return new Map([...(value as Set<Key>)].map((member) => [member, member]))
  if (value instanceof Date) return new Map([[0, value.getTime()]])
  if (Array.isArray(value)) return new Map(value.entries())
  if (value instanceof ArrayBuffer) return new Map(new Uint8Array(value).entries())
  if (ArrayBuffer.isView(value)) {
    return new Map(new Uint8Array(value.buffer, value.byteOffset, value.byteLength).entries())
  }
  return new Map(Object.entries(value))
}
