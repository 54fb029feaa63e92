/**
 * Values as JSON. Plain JSON values stand for themselves; what JSON cannot say is an object with the one key `~`, and so
 * is an object that has a key `~` of its own, or one that may be misread. A value without any of these is encoded as
 * itself, uncopied.
 *
 * States are large, so the walks are written for speed: `for in` goes through a plain object several times faster than
 * `Object.keys`.
 */
import { asUint8Array, isBytes, type Bytes } from '../bytes.ts'
import { className } from '../class-name.ts'
import { tooDeep } from '../error.ts'
import { checkKey } from '../reserved.ts'
import { malformed } from './malformed.ts'

/** No other type that engines have has a name like that. */
const typedArray = /^\w+\d\w*Array$/

type PlainObject = Record<string, unknown>

/** Turns a storable value into what `JSON.stringify` carries faithfully. */
export function encode(value: unknown): unknown {
  if (typeof value === 'object') return value === null ? null : encodeObject(value)
  if (typeof value === 'number') {
    if (Object.is(value, -0)) return tag('f', '-0')
    return Number.isFinite(value) ? value : tag('f', String(value))
  }
  if (value === undefined) return tag('u')
  // Hexadecimal is read in linear time, at any length.
  if (typeof value === 'bigint') return tag('n', value.toString(16))
  return value
}

function encodeObject(value: object): unknown {
  if (Array.isArray(value)) return encodeArray(value)
  if (value instanceof Map) return tag('m', encodeEntries(value))
  if (value instanceof Set) return tag('s', Array.from(value, encode))
  // An invalid one is NaN, which JSON says as null.
  if (value instanceof Date) return tag('d', value.getTime())
  if (isBytes(value)) return encodeBytes(value)
  return encodePlain(value as PlainObject)
}

function encodeArray(array: readonly unknown[]): readonly unknown[] {
  let copy: unknown[] | undefined
  for (let index = 0; index < array.length; index++) {
    const part = array[index]
    const encoded = encode(part)
    if (encoded !== part) (copy ??= array.slice())[index] = encoded
  }
  return copy ?? array
}

function encodePlain(object: Readonly<PlainObject>): unknown {
  let copy: PlainObject | undefined
  let tagged = false
  for (const key in object) {
    if (!isPlainKey(key)) tagged = true
    const part = object[key]
    // What a polluted prototype has is no part of the value.
    if (typeof part === 'string' || !Object.hasOwn(object, key)) continue
    const encoded = encode(part)
    if (encoded !== part) (copy ??= { ...object })[key] = encoded
  }
  return tagged ? tag('o', Object.entries(copy ?? object).flat(1)) : (copy ?? object)
}

/**
 * Whether an object may have the key without being tagged. Keys that JSON escapes may not, for V8 misreads them: since
 * 12.8 (Node 24, Electron 32), after `{"a":0,"\\":0}`, its `JSON.parse` takes `{"a":0,"\n":0}` for the same
 * (nodejs/node#63785).
 */
export function isPlainKey(key: string): boolean {
  // Every key of a state passes here, and most objects have the same few: remembering them is ten times as fast.
  const slot = (key.length * 9 + key.charCodeAt(0)) & 127
  if (plainKeys[slot] !== key) {
    if (key === '~' || JSON.stringify(key).includes('\\')) return false
    plainKeys[slot] = key
  }
  return true
}

const plainKeys: string[] = []

function encodeEntries(map: ReadonlyMap<unknown, unknown>): readonly unknown[] {
  const parts: unknown[] = []
  for (const [key, part] of map) parts.push(encode(key), encode(part))
  return parts
}

function encodeBytes(value: Bytes): unknown {
  const bytes = asUint8Array(value)
  let binary = ''
  // As many arguments as every engine takes.
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return tag('b', className(value), btoa(binary))
}

function tag(...content: readonly unknown[]): unknown {
  return { '~': content }
}

/**
 * Turns parsed JSON back into the value. Plain parts are not copied.
 *
 * @param depth how many containers may be in each other.
 * @throws SyncError `bad-frame`, `reserved-key` or `too-deep`.
 */
export function decode(json: unknown, depth: number): unknown {
  if (typeof json !== 'object' || json === null) return json
  if (Array.isArray(json)) {
    checkDepth(depth)
    for (let index = 0; index < json.length; index++) {
      const part: unknown = json[index]
      if (typeof part === 'object') json[index] = decode(part, depth - 1)
    }
    return json
  }
  const object = json as PlainObject
  if (Object.hasOwn(object, '~')) return untag(object, depth)
  checkDepth(depth)
  for (const key in object) {
    checkKey(key)
    const part = object[key]
    if (typeof part !== 'object' || part === null || !Object.hasOwn(object, key)) continue
    const decoded = decode(part, depth - 1)
    if (decoded !== part) object[key] = decoded
  }
  return object
}

function untag(object: PlainObject, depth: number): unknown {
  const content = object['~']
  if (!Array.isArray(content) || Object.keys(object).length !== 1) throw malformed()
  const [name, first, second] = content as unknown[]
  if (content.length === 1 && name === 'u') return undefined
  if (content.length === 3 && name === 'b') return decodeBytes(first, second)
  if (content.length !== 2) throw malformed()
  if (typeof first === 'string') {
    if (name === 'f' && /^(-0|NaN|-?Infinity)$/.test(first)) return Number(first)
    if (name === 'n' && /^-?[\da-f]+$/.test(first)) return decodeBigInt(first)
  }
  if (name === 'd' && (typeof first === 'number' || first === null)) return new Date(first ?? Number.NaN)
  if (!Array.isArray(first)) throw malformed()
  checkDepth(depth)
  if (name === 's') return new Set(first.map(decodeKey))
  if ((name !== 'm' && name !== 'o') || first.length % 2 !== 0) throw malformed()
  const map = new Map<unknown, unknown>()
  for (let index = 0; index < first.length; index += 2) {
    const key = decodeKey(first[index])
    if (name === 'o' && typeof key !== 'string') throw malformed()
    map.set(key, decode(first[index + 1], depth - 1))
  }
  return name === 'm' ? map : Object.fromEntries(map as Map<string, unknown>)
}

/** A key of a `Map`, a member of a `Set`, a key in a path. */
export function decodeKey(json: unknown): unknown {
  const key = decode(json, 1)
  if (typeof key === 'object' && key !== null) throw malformed()
  checkKey(key)
  return key
}

function decodeBigInt(hex: string): bigint {
  return hex.startsWith('-') ? -BigInt(`0x${hex.slice(1)}`) : BigInt(`0x${hex}`)
}

function decodeBytes(name: unknown, base64: unknown): unknown {
  if (typeof base64 !== 'string') throw malformed()
  try {
    const binary = atob(base64)
    const bytes = new Uint8Array(binary.length)
    for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at)
    if (name === 'ArrayBuffer') return bytes.buffer
    if (typeof name === 'string' && typedArray.test(name)) {
      // An engine that lacks the type (`Float16Array`) cannot show the state either.
      const types = globalThis as unknown as Record<string, new (buffer: ArrayBuffer) => unknown>
      return new (types[name] as (typeof types)[string])(bytes.buffer)
    }
  } catch (cause) {
    throw malformed({ cause })
  }
  throw malformed()
}

function checkDepth(depth: number): void {
  if (depth <= 0) throw tooDeep()
}
