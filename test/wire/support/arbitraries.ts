/** Anything that can be stored, and any frame, for property tests. */
import * as fc from 'fast-check'
import type { Op } from '../../../src/document/types.ts'
import type { DownFrame, UpFrame } from '../../../src/protocol/frames.ts'
import { protocolVersion } from '../../../src/protocol/version.ts'
import { looksPlain } from './frames.ts'

/** As the parser makes them: objects with a prototype. */
function record<T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(fields, { noNullPrototype: true }) as fc.Arbitrary<T>
}

type AnyTypedArray = new (buffer: ArrayBuffer) => ArrayBufferView

const typedArrays: readonly AnyTypedArray[] = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  // Not in every engine that is supported.
  ...[(globalThis as { Float16Array?: AnyTypedArray }).Float16Array].filter((type) => type !== undefined),
]

// `string` alone makes no lone surrogates, and rarely what means something to the wire.
const text: fc.Arbitrary<string> = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xff_ff }), { maxLength: 6 }).map((codes) => String.fromCharCode(...codes)),
  fc.constantFrom(
    '',
    '~',
    '"~":',
    '{"~":["u"]}',
    '\\',
    '"',
    '\u2028',
    '\ud800',
    '\udc00',
    '0',
    '-1',
    'toJSON',
    'length',
  ),
)

const reserved = new Set(['__proto__', 'prototype', 'constructor'])
const keyText = text.filter((key) => !reserved.has(key))
/** Of an object that is not tagged. */
const plainKey = keyText.filter((key) => key !== '~' && JSON.stringify(key) === `"${key}"`)

const number = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, 2 ** 53, 1e21),
)
const bigint = fc.oneof(fc.bigInt(), fc.constantFrom(0n, -1n, 2n ** 64n, -(16n ** 5000n)))
const key: fc.Arbitrary<string | number | boolean | bigint | null | undefined> = fc.oneof(
  keyText,
  number,
  bigint,
  fc.boolean(),
  fc.constantFrom(null, undefined),
)
const date = fc.oneof(
  fc.date({ noInvalidDate: false }),
  fc.constantFrom(new Date(0), new Date(Number.NaN), new Date(8.64e15), new Date(-8.64e15)),
)
const bytes = fc
  .tuple(fc.uint8Array({ maxLength: 40 }), fc.constantFrom(undefined, ...typedArrays))
  .map(([content, type]) => {
    // Whole elements of any type.
    const { buffer } = Uint8Array.from(content.subarray(0, content.length - (content.length % 8)))
    return type === undefined ? Uint8Array.from(content).buffer : new type(buffer)
  })

function objectOf(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const object: Record<string, unknown> = {}
  for (const [name, part] of entries) object[name] = part
  return object
}

/** Any storable value. */
export const value: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthIdentifier: 'value' },
    { weight: 2, arbitrary: key },
    { weight: 1, arbitrary: date },
    { weight: 1, arbitrary: bytes },
    { weight: 2, arbitrary: fc.array(tie('value'), { maxLength: 5, depthIdentifier: 'value' }) },
    { weight: 3, arbitrary: fc.array(fc.tuple(keyText, tie('value')), { maxLength: 5 }).map(objectOf) },
    {
      weight: 2,
      arbitrary: fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map((entries) => new Map(entries)),
    },
    { weight: 1, arbitrary: fc.array(key, { maxLength: 5 }).map((members) => new Set(members)) },
  ),
})).value

/** Any value that JSON carries as it is. */
export const plainValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthIdentifier: 'plain' },
    {
      weight: 2,
      arbitrary: fc.oneof(
        text,
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
        fc.boolean(),
        fc.constant(null),
      ),
    },
    { weight: 2, arbitrary: fc.array(tie('value'), { maxLength: 5 }) },
    {
      weight: 3,
      arbitrary: fc.array(fc.tuple(plainKey, tie('value')), { maxLength: 5 }).map(objectOf),
    },
  ),
})).value

const count = fc.oneof(fc.nat({ max: 20 }), fc.maxSafeNat())
const channel = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant(Number.MAX_SAFE_INTEGER))
const path = fc.array(key, { maxLength: 6 })

const op: fc.Arbitrary<Op> = fc.oneof(
  record({ kind: fc.constant('set' as const), path, value }),
  record({ kind: fc.constant('delete' as const), path }),
  record({ kind: fc.constant('append' as const), path, chunk: text }),
  record({ kind: fc.constant('splice' as const), path, index: count, remove: count, items: fc.array(value) }),
)

const known = fc.option(record({ epoch: text, revision: count }), { nil: undefined })

export const upFrame: fc.Arbitrary<UpFrame> = fc.oneof(
  record({
    type: fc.constant('hello' as const),
    channel,
    version: fc.constant(protocolVersion),
    store: text,
    known,
    replaces: fc.oneof(fc.constant(0), channel),
  }),
  record({ type: fc.constant('ack' as const), channel, revision: count }),
  record({
    type: fc.constantFrom('watch' as const, 'unwatch' as const),
    channel,
    path: fc.array(shortKey(), { maxLength: 6 }),
  }),
  record({ type: fc.constant('call' as const), channel, id: count, name: text, argument: value }),
  record({ type: fc.constant('ping' as const), channel, id: count, report: fc.boolean() }),
  record({ type: fc.constant('bye' as const), channel }),
)

const error = record({ code: fc.constantFrom('bad-path' as const, 'command-failed' as const), message: text })

const report = fc.option(record({ sent: count, waiting: fc.boolean(), origin: text, hash: text }), { nil: undefined })

export const downFrame: fc.Arbitrary<DownFrame> = fc.oneof(
  record({
    type: fc.constant('snapshot' as const),
    channel,
    epoch: text,
    revision: count,
    value,
    asks: fc.boolean(),
  }).map((frame) => ({ ...frame, isPlain: looksPlain({ ...frame, isPlain: false }) })),
  record({
    channel,
    from: fc.nat(),
    more: fc.nat({ max: 50 }),
    ops: fc.array(op, { maxLength: 6 }),
    asks: fc.boolean(),
  })
    .map(({ from, more, ...rest }) => ({ type: 'commit', from, to: from + more, ...rest }) as const)
    .filter(({ from, to, ops }) => to > from || ops.length === 0),
  record({ type: fc.constant('ok' as const), channel, id: count, revision: count, value }),
  record({ type: fc.constant('err' as const), channel, id: count, revision: count, error }),
  record({ type: fc.constant('pong' as const), channel, id: count, revision: count, value: report }),
  record({ type: fc.constant('refused' as const), channel: fc.oneof(channel, fc.constant(0)), error }),
)

/** Paths of readers have a limit. */
function shortKey(): typeof key {
  return key.filter((part) => typeof part !== 'bigint' || part > -(2n ** 100n))
}
