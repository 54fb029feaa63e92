/** Encoding in slices, so that a large state does not block the process: the text is that of `JSON.stringify(encode(value))`. */
import { asUint8Array, isBytes } from '../bytes.ts'
import { className } from '../class-name.ts'
import type { Clock } from '../clock.ts'
import { encode } from '../protocol/codec.ts'

/** About as many characters make one slice. */
const sliceLength = 32 * 1024
/** For how long slices are made in one go, in ms. */
const goLength = 4

/** @param value storable and immutable: it is read bit by bit. */
export function* slices(value: unknown): Generator<string, void> {
  if (isLight(value)) yield JSON.stringify(encode(value))
  else if (typeof value === 'string') yield* slicesOfText(value)
  else if (Array.isArray(value)) yield* slicesOfSequence('[', value, ']')
  else if (value instanceof Map) yield* slicesOfSequence('{"~":["m",[', entriesOf(value), ']]}')
  else if (value instanceof Set) yield* slicesOfSequence('{"~":["s",[', value, ']]}')
  else if (isBytes(value)) yield* slicesOfBytes(value, asUint8Array(value))
  // Nothing else is heavy.
  else yield* slicesOfObject(value as Record<string, unknown>)
}

/** Hands out slices, and lets the process do something else in between. */
export async function* paced(pieces: Iterable<string>, clock: Clock): AsyncGenerator<string, void> {
  let since = clock.now()
  for (const piece of pieces) {
    if (clock.now() - since >= goLength) {
      await new Promise<void>((resolve) => {
        clock.schedule(resolve, 0, true)
      })
      since = clock.now()
    }
    yield piece
  }
}

/** A lone half of a surrogate pair is escaped, and two escapes are a pair again: it may be cut anywhere. */
function* slicesOfText(text: string): Generator<string, void> {
  yield '"'
  for (let at = 0; at < text.length; at += sliceLength)
    yield JSON.stringify(text.slice(at, at + sliceLength)).slice(1, -1)
  yield '"'
}

function* slicesOfBytes(value: object, bytes: Uint8Array): Generator<string, void> {
  yield `{"~":["b","${className(value)}","`
  // Three bytes are four characters.
  for (let at = 0; at < bytes.length; at += sliceLength * 3) {
    const encoded = encode(bytes.slice(at, at + sliceLength * 3)) as { '~': readonly string[] }
    yield encoded['~'][2] as string
  }
  yield '"]}'
}

function* slicesOfSequence(start: string, parts: Iterable<unknown>, end: string): Generator<string, void> {
  yield start
  let separator = ''
  let light: unknown[] = []
  let left = sliceLength
  for (const part of parts) {
    left = weigh(part, left)
    if (left > 0) {
      light.push(part)
      continue
    }
    if (light.length > 0) {
      yield separator + inner(light)
      separator = ','
    }
    light = []
    left = weigh(part, sliceLength)
    if (left > 0) light.push(part)
    else {
      yield separator
      yield* slices(part)
      separator = ','
      left = sliceLength
    }
  }
  if (light.length > 0) yield separator + inner(light)
  yield end
}

function* slicesOfObject(object: Readonly<Record<string, unknown>>): Generator<string, void> {
  const keys = Object.keys(object)
  let tagged = false
  for (const [index, key] of keys.entries()) {
    // Which keys make an object a tagged one is for the codec to say.
    if (Object.hasOwn(encode({ [key]: 0 }) as object, '~')) tagged = true
    if (index % 1000 === 999) yield ''
  }
  if (tagged) {
    yield* slicesOfSequence('{"~":["o",[', Object.entries(object).flat(1), ']]}')
    return
  }
  yield '{'
  let separator = ''
  let light: Record<string, unknown> = {}
  let left = sliceLength
  for (const key of keys) {
    const part = object[key]
    left = weigh(part, left - key.length)
    if (left > 0) {
      light[key] = part
      continue
    }
    const before = inner(light)
    if (before !== '') {
      yield separator + before
      separator = ','
    }
    light = {}
    left = weigh(part, sliceLength - key.length)
    if (left > 0) light[key] = part
    else {
      yield `${separator}${JSON.stringify(key)}:`
      yield* slices(part)
      separator = ','
      left = sliceLength
    }
  }
  const last = inner(light)
  if (last !== '') yield separator + last
  yield '}'
}

/** What is between the brackets. */
function inner(container: object): string {
  return JSON.stringify(encode(container)).slice(1, -1)
}

function* entriesOf(map: ReadonlyMap<unknown, unknown>): Generator<unknown, void> {
  for (const entry of map) yield* entry
}

function isLight(value: unknown): boolean {
  return weigh(value, sliceLength) > 0
}

/** About how many characters of `left` remain when `value` is encoded; no further than to find that it is too much. */
function weigh(value: unknown, left: number): number {
  if (typeof value === 'string') return left - value.length - 3
  if (typeof value !== 'object' || value === null) return left - 8
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return left - (value.byteLength * 4) / 3 - 30
  let rest = left - 3
  if (Array.isArray(value) || value instanceof Set) {
    for (const part of value) if ((rest = weigh(part, rest)) <= 0) break
  } else if (value instanceof Map) {
    for (const [key, part] of value) if ((rest = weigh(part, weigh(key, rest))) <= 0) break
  } else if (!(value instanceof Date)) {
    for (const key in value)
      if ((rest = weigh((value as Record<string, unknown>)[key], rest - key.length - 3)) <= 0) break
  }
  return rest
}
