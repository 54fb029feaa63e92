/**
 * The grammar by example: every variant of every frame, op and tag at least once. The types demand an example of each
 * type and a value for each field, optional ones included, so that nothing can be added to the wire without a line here.
 */
import type { Op } from '../../../src/document/types.ts'
import type { DownFrame, UpFrame } from '../../../src/protocol/frames.ts'
import type { Report } from '../../../src/protocol/report.ts'
import { protocolVersion } from '../../../src/protocol/version.ts'

type Complete<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]-?: Complete<T[K]> }
    : T
type Examples<T, Tag extends keyof T> = {
  readonly [Name in T[Tag] & string]: readonly Complete<Extract<T, { readonly [K in Tag]: Name }>>[]
}

/** Each value that is written as more than itself, and some that are not. */
export const values: Readonly<Record<string, unknown>> = {
  text: 'a "quoted" line\n\u2028 \u{1f600} \ud800',
  number: -1.5e-7,
  boolean: true,
  null: null,
  array: [1, [2, []]],
  object: { b: 1, a: { '': 2 } },
  undefined,
  nan: Number.NaN,
  infinity: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  negativeZero: -0,
  bigint: [0n, 255n, -(2n ** 70n)],
  map: new Map<unknown, unknown>([
    ['a', { deep: new Map([[1, undefined]]) }],
    [1n, 2],
    [undefined, null],
    [Number.NaN, true],
  ]),
  set: new Set<unknown>(['a', 1, null, undefined, 3n]),
  date: [new Date(1_700_000_000_000), new Date(Number.NaN)],
  escapedKey: { a: { '\n': 1, '"': undefined }, '\\': [], '\udc00': new Map([['\n', 1]]) },
  tilde: { '~': ['u'], z: { '~': 1 }, a: [undefined] },
  arrayBuffer: Uint8Array.of(0, 127, 128, 255).buffer,
  int8: Int8Array.of(-1, 1),
  uint8: Uint8Array.of(1, 255),
  uint8Clamped: Uint8ClampedArray.of(1, 255),
  int16: Int16Array.of(-2, 2),
  uint16: Uint16Array.of(2, 65_535),
  int32: Int32Array.of(-3, 3),
  uint32: Uint32Array.of(3, 4_294_967_295),
  bigInt64: BigInt64Array.of(-4n, 4n),
  bigUint64: BigUint64Array.of(4n, 2n ** 64n - 1n),
  float32: Float32Array.of(0.5, -0),
  float64: Float64Array.of(0.1, Number.NaN),
}

const error = { code: 'command-failed', message: 'It "failed"' } as const
const path = ['byId', 't1', 0, true, null, undefined, 7n, Number.NaN, '~'] as const

const ops: Examples<Op, 'kind'> = {
  set: [
    ...Object.values(values).map((value) => ({ kind: 'set', path: ['a'], value, previous: undefined }) as const),
    // What a text was before does not cross.
    { kind: 'set', path: [], value: 'longer', previous: 'long' },
  ],
  delete: [{ kind: 'delete', path }],
  append: [{ kind: 'append', path, chunk: 'piece "by" piece\n' }],
  splice: [
    { kind: 'splice', path, index: 0, remove: 0, items: [] },
    { kind: 'splice', path, index: 1, remove: 2, items: [undefined, { a: 1n }, 'x'] },
  ],
}

export const upFrames: Examples<UpFrame, 'type'> = {
  hello: [
    { type: 'hello', channel: 1, version: protocolVersion, store: 'tabs', known: undefined, replaces: 0 },
    { type: 'hello', channel: 3, version: protocolVersion, store: 'tabs', known: undefined, replaces: 2 },
    {
      type: 'hello',
      channel: 12,
      version: protocolVersion,
      store: 'tabs',
      known: { epoch: 'e1', revision: 34 },
      replaces: 0,
    },
    {
      type: 'hello',
      channel: 13,
      version: protocolVersion,
      store: 'tabs',
      known: { epoch: 'e1', revision: 34 },
      replaces: 12,
    },
  ],
  ack: [{ type: 'ack', channel: 1, revision: 0 }],
  watch: [{ type: 'watch', channel: 1, path }],
  unwatch: [{ type: 'unwatch', channel: 1, path }],
  call: [
    { type: 'call', channel: 1, id: 1, name: 'ask', argument: undefined },
    { type: 'call', channel: 1, id: 2, name: 'ask', argument: values },
  ],
  ping: [
    { type: 'ping', channel: 1, id: 1, report: false },
    { type: 'ping', channel: 1, id: 2, report: true },
  ],
  bye: [{ type: 'bye', channel: 1 }],
}

const report: Complete<Report> = {
  sent: 9,
  acknowledged: 8,
  waiting: true,
  pending: 'appends',
  due: 400,
  committedAge: 12,
  sentAge: 100,
  acknowledgedAge: 120,
  longestWait: 7,
  watches: 1,
  transport: 'electron',
  origin: 'app://chat',
  hash: '0123456789abcdef',
}

export const downFrames: Examples<DownFrame, 'type'> = {
  snapshot: [
    { type: 'snapshot', channel: 1, epoch: 'e1', revision: 0, value: { plain: [1] }, isPlain: true, asks: false },
    {
      type: 'snapshot',
      channel: 1,
      epoch: 'e1',
      revision: Number.MAX_SAFE_INTEGER,
      value: values,
      isPlain: false,
      asks: true,
    },
  ],
  commit: [
    { type: 'commit', channel: 1, from: 5, to: 5, ops: [], asks: true },
    { type: 'commit', channel: 1, from: 5, to: 9, ops: Object.values(ops).flat(), asks: false },
  ],
  ok: [
    { type: 'ok', channel: 1, id: 1, revision: 9, value: undefined },
    { type: 'ok', channel: 1, id: 2, revision: 9, value: values },
  ],
  err: [{ type: 'err', channel: 1, id: 3, revision: 9, error }],
  pong: [
    { type: 'pong', channel: 1, id: 1, revision: 9, value: undefined },
    { type: 'pong', channel: 1, id: 2, revision: 9, value: report },
  ],
  refused: [
    { type: 'refused', channel: 1, error },
    { type: 'refused', channel: 0, error: { code: 'refused', message: 'x'.repeat(2000) } },
  ],
}
