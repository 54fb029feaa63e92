/** What the oracle is made of: plain deep copies and a strict comparison. Shares no code with what it judges. */

export type Plain = Record<string, unknown> | unknown[] | Map<unknown, unknown> | Set<unknown>

export function isPlain(value: unknown): value is Plain {
  if (typeof value !== 'object' || value === null) return false
  return !(value instanceof Date || value instanceof ArrayBuffer || ArrayBuffer.isView(value))
}

export function deepCopy<T>(value: T): T {
  return copy(value) as T
}

function copy(value: unknown): unknown {
  if (value instanceof Date) return new Date(value.getTime())
  if (value instanceof ArrayBuffer) return value.slice(0)
  if (ArrayBuffer.isView(value)) return (value as Uint8Array).slice()
  if (!isPlain(value)) return value
  if (Array.isArray(value)) return value.map(copy)
  if (value instanceof Map) return new Map([...value].map(([key, part]) => [key, copy(part)]))
  if (value instanceof Set) return new Set(value)
  return Object.fromEntries(Object.keys(value).map((key) => [key, copy(value[key])]))
}

/** Puts a value into a plain container as a draft takes it: copied, unless it is what stands there. */
export function assign(plain: Plain, key: unknown, value: unknown): void {
  if (plain instanceof Map) {
    if (!plain.has(key) || plain.get(key) !== value || !isPlain(value)) plain.set(key, deepCopy(value))
  } else {
    const object = plain as Record<string, unknown>
    if (object[key as string] !== value || !isPlain(value) || !Object.hasOwn(object, key as string)) {
      object[key as string] = deepCopy(value)
    }
  }
}

/** Where the first difference is, as text, or `undefined`: sorts, values to the bit, and the order of keys count. */
export function difference(a: unknown, b: unknown): string | undefined {
  if (Object.is(a, b)) return undefined
  if (!isPlain(a) || !isPlain(b)) return scalar(a) === scalar(b) ? undefined : ''
  if (sort(a) !== sort(b)) return ' (another sort)'
  const keys = keysOf(a)
  const others = keysOf(b)
  if (keys.length !== others.length || sizeOf(a) !== sizeOf(b)) return ` (size ${keys.length} and ${others.length})`
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]
    if (!Object.is(key, others[index])) return ` (key ${String(key)} in the place of ${String(others[index])})`
    const found = a instanceof Set ? undefined : difference(partOf(a, key), partOf(b, key))
    if (found !== undefined) return `/${String(key)}${found}`
  }
  return undefined
}

function sizeOf(value: Plain): number | undefined {
  return value instanceof Map || value instanceof Set ? value.size : undefined
}

export function keysOf(value: Plain): readonly unknown[] {
  return value instanceof Map || value instanceof Set ? [...value.keys()] : Object.keys(value)
}

export function partOf(value: Plain, key: unknown): unknown {
  return value instanceof Map ? value.get(key) : (value as Record<string, unknown>)[key as string]
}

export function sort(value: Plain): string {
  return Array.isArray(value) ? 'array' : value instanceof Map ? 'map' : value instanceof Set ? 'set' : 'object'
}

export function entries(value: Plain): [unknown, unknown][] {
  if (Array.isArray(value)) return value.map((part, index) => [index, part])
  if (value instanceof Map) return [...value]
  if (value instanceof Set) return [...value].map((member) => [member, undefined])
  return Object.keys(value).map((key) => [key, value[key]])
}

function scalar(value: unknown): string {
  if (value instanceof Date) return `date ${value.getTime()}`
  if (value instanceof ArrayBuffer) return `buffer ${new Uint8Array(value).join()}`
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} ${(value as Uint8Array).join()}`
  if (typeof value === 'object' && value !== null) return 'container'
  return Object.is(value, -0) ? '-0' : `${typeof value} ${String(value)}`
}

export function size(value: unknown): number {
  return isPlain(value) ? entries(value).reduce((sum, [, part]) => sum + size(part), 1) : 1
}

export function depth(value: unknown): number {
  return isPlain(value) ? 1 + Math.max(0, ...entries(value).map(([, part]) => depth(part))) : 0
}

/** A small generator of repeatable chance (mulberry32). */
export class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T
  }
}
