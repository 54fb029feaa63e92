/**
 * Values as JSON. Plain JSON values stand for themselves; what JSON cannot say is an object with the one key `~`, and so
 * is, for unambiguity, an object that has a key `~` of its own. A value without any of these is encoded as itself,
 * uncopied.
 */
import { SyncError } from '../error.ts'

const reserved = new Set(['__proto__', 'prototype', 'constructor'])

const typedArrays: readonly string[] = [
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'BigInt64Array',
  'BigUint64Array',
  'Float16Array',
  'Float32Array',
  'Float64Array',
]

/** Turns a storable value into what `JSON.stringify` carries faithfully. */
export function encode(value: unknown): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : tag('f', String(Object.is(value, -0) ? '-0' : value))
  if (value === undefined) return tag('u')
  if (typeof value === 'bigint') return tag('n', String(value))
  if (Array.isArray(value)) return encodeArray(value)
  if (value instanceof Map) return tag('m', [...(value as Map<unknown, unknown>)].flat(1).map(encode))
  if (value instanceof Set) return tag('s', [...(value as Set<unknown>)].map(encode))
  if (value instanceof Date) return tag('d', encode(value.getTime()))
  if (value instanceof ArrayBuffer) return tag('b', 'ArrayBuffer', toBase64(new Uint8Array(value)))
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    return tag('b', Object.prototype.toString.call(value).slice(8, -1), toBase64(bytes))
  }
  return encodeObject(value as Readonly<Record<string, unknown>>)
}

/**
 * Turns parsed JSON back into the value. Plain parts are not copied.
 *
 * @param depth how many levels it may still be nested.
 * @throws SyncError `bad-frame`, `reserved-key` or `too-deep`.
 */
export function decode(json: unknown, depth: number): unknown {
  if (typeof json !== 'object' || json === null) return json
  if (depth <= 0) throw new SyncError('too-deep', 'A value in a frame is nested too deep')
  if (Array.isArray(json)) {
    for (let index = 0; index < json.length; index++) json[index] = decode(json[index], depth - 1)
    return json
  }
  const object = json as Record<string, unknown>
  if (Object.hasOwn(object, '~')) return untag(object, depth)
  for (const key of Object.keys(object)) {
    if (reserved.has(key)) throw new SyncError('reserved-key', `The key ${JSON.stringify(key)} is refused in a frame`)
    const part = object[key]
    if (typeof part === 'object') object[key] = decode(part, depth - 1)
  }
  return object
}

function tag(...content: readonly unknown[]): unknown {
  return { '~': content }
}

function encodeArray(array: readonly unknown[]): unknown {
  let copy: unknown[] | undefined
  for (let index = 0; index < array.length; index++) {
    const encoded = encode(array[index])
    if (encoded !== array[index]) copy ??= array.slice()
    if (copy !== undefined) copy[index] = encoded
  }
  return copy ?? array
}

function encodeObject(object: Readonly<Record<string, unknown>>): unknown {
  let copy: Record<string, unknown> | undefined
  for (const key of Object.keys(object)) {
    const encoded = encode(object[key])
    if (encoded !== object[key]) copy ??= { ...object }
    if (copy !== undefined) copy[key] = encoded
  }
  const result = copy ?? object
  return Object.hasOwn(object, '~') ? tag('o', Object.entries(result).flat(1)) : result
}

function untag(object: Record<string, unknown>, depth: number): unknown {
  const content = object['~']
  if (Object.keys(object).length !== 1 || !Array.isArray(content)) throw malformed()
  const [name, first, second] = content as unknown[]
  if (name === 'u') return undefined
  if (name === 'f' && typeof first === 'string' && /^(?:-0|NaN|-?Infinity)$/.test(first)) return Number(first)
  if (name === 'n' && typeof first === 'string' && /^-?\d{1,4096}$/.test(first)) return BigInt(first)
  if (name === 'd') {
    const time = decode(first, 2)
    if (typeof time === 'number') return new Date(time)
  }
  if (name === 'b' && typeof first === 'string' && typeof second === 'string') return decodeBytes(first, second)
  if (!Array.isArray(first)) throw malformed()
  const parts = first.map((part) => decode(part, depth - 1))
  if (name === 's') {
    for (const member of parts) checkKey(member)
    return new Set(parts)
  }
  if (parts.length % 2 !== 0) throw malformed()
  if (name === 'm') {
    const map = new Map<unknown, unknown>()
    for (let index = 0; index < parts.length; index += 2) map.set(checkKey(parts[index]), parts[index + 1])
    return map
  }
  if (name !== 'o') throw malformed()
  const result: Record<string, unknown> = {}
  for (let index = 0; index < parts.length; index += 2) {
    const key = checkKey(parts[index])
    if (typeof key !== 'string') throw malformed()
    result[key] = parts[index + 1]
  }
  return result
}

function checkKey(key: unknown): unknown {
  if (typeof key === 'object' && key !== null) throw malformed()
  if (reserved.has(key as string))
    throw new SyncError('reserved-key', `The key ${JSON.stringify(key)} is refused in a frame`)
  return key
}

function decodeBytes(name: string, base64: string): unknown {
  let bytes: Uint8Array<ArrayBuffer>
  try {
    bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  } catch (cause) {
    throw new SyncError('bad-frame', 'Bytes in a frame are not base64', { cause })
  }
  if (name === 'ArrayBuffer') return bytes.buffer
  const TypedArray = (globalThis as unknown as Record<string, (new (buffer: ArrayBuffer) => unknown) | undefined>)[name]
  if (!typedArrays.includes(name) || TypedArray === undefined) throw malformed()
  try {
    return new TypedArray(bytes.buffer)
  } catch (cause) {
    throw new SyncError('bad-frame', `Bytes in a frame are no ${name}`, { cause })
  }
}

function toBase64(bytes: Uint8Array): string {
  let binary = ''
  // As many arguments as every engine takes.
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(binary)
}

function malformed(): SyncError {
  return new SyncError('bad-frame', 'A value in a frame has an unknown tag')
}
