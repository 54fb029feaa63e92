/** Values as a failure shows them: as code, shortened where they are long or deep. */
import { className } from '../class-name.ts'

const longestText = 60
const mostEntries = 8
const deepest = 4

/** @param limit the longest text that is returned, in UTF-16 code units. */
export function show(value: unknown, limit: number = 600): string {
  return shorten(format(value, 0), limit)
}

export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text
  const end = Math.floor(limit / 4)
  return `${text.slice(0, limit - end)} … ${text.slice(text.length - end)}`
}

function format(value: unknown, depth: number): string {
  if (typeof value === 'string') {
    const length = value.length > longestText ? ` (${value.length} characters)` : ''
    return JSON.stringify(shorten(value, longestText)) + length
  }
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return `[function ${value.name}]`
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Date(invalid)' : `Date(${value.toISOString()})`
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `${className(value)}(${value.byteLength} bytes)`
  if (depth >= deepest) return Array.isArray(value) ? '[…]' : '{…}'
  const part = (inner: unknown): string => format(inner, depth + 1)
  if (Array.isArray(value)) return `[${list(value, part)}]`
  if (value instanceof Map) return `Map {${list([...value], ([key, inner]) => `${part(key)} => ${part(inner)}`)}}`
  if (value instanceof Set) return `Set {${list([...value], part)}}`
  const entries = list(Object.entries(value), ([key, inner]) => `${name(key)}: ${part(inner)}`)
  return entries === '' ? '{}' : `{ ${entries} }`
}

function list<T>(items: readonly T[], each: (item: T) => string): string {
  const shown = items.slice(0, mostEntries).map(each)
  if (items.length > mostEntries) shown.push(`… ${items.length - mostEntries} more`)
  return shown.join(', ')
}

function name(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)
}
