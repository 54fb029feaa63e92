import { isPlainKey } from './codec.ts'

/**
 * Whether `encode` would return the value itself: no part of it needs a tag. Most states are such, and a whole one is
 * encoded for each window that opens; this glance takes a part of the time that `encode` does. Where it is not sure, it
 * says no.
 */
export function isPlain(value: unknown): boolean {
  if (typeof value === 'object') return value === null || isPlainObject(value)
  if (typeof value === 'number') return value === 0 ? Object.is(value, 0) : Number.isFinite(value)
  return typeof value === 'string' || typeof value === 'boolean'
}

function isPlainObject(value: object): boolean {
  if (value.constructor === Object) {
    for (const key in value) {
      const part = (value as Readonly<Record<string, unknown>>)[key]
      if (!isPlainKey(key) || !(typeof part === 'string' || isPlain(part))) return false
    }
    return true
  }
  if (!Array.isArray(value)) return false
  for (const part of value) if (!isPlain(part)) return false
  return true
}
