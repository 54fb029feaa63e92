import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decode, encode } from '../../src/protocol/codec.ts'
import { downFrame, plainValue, upFrame, value } from './support/arbitraries.ts'
import { values } from './support/examples.ts'
import { downFrameText, readDown, readUp, upFrameText } from './support/frames.ts'
import { difference } from './support/identical.ts'
import { seed } from './support/random.ts'

const runs = { seed, numRuns: 3000 }

function throughJson(storable: unknown): unknown {
  return decode(JSON.parse(JSON.stringify(encode(storable))), 128)
}

describe(`what crosses arrives as it was (LOCKSTEP_SEED=${seed})`, () => {
  test('values', () => {
    fc.assert(
      fc.property(value, (storable) => {
        expect(difference(storable, throughJson(storable))).toBeUndefined()
      }),
      runs,
    )
  })

  test('encoding changes no value', () => {
    fc.assert(
      fc.property(value, (storable) => {
        const before = structuredClone(storable)
        encode(storable)
        expect(difference(storable, before)).toBeUndefined()
      }),
      runs,
    )
  })

  test('plain values are not copied, neither when encoded nor when decoded', () => {
    fc.assert(
      fc.property(plainValue, (plain) => {
        expect(encode(plain)).toBe(plain)
        const json: unknown = JSON.parse(JSON.stringify(plain))
        expect(decode(json, 128)).toBe(json)
        expect(difference(json, plain)).toBeUndefined()
      }),
      runs,
    )
  })

  test('frames of replicas', () => {
    fc.assert(
      fc.property(upFrame, (frame) => {
        const text = upFrameText(frame)
        const read = readUp(text)
        expect(difference(frame, { ...frame, ...read })).toBeUndefined()
        expect(Object.keys(read).sort()).toEqual(Object.keys(frame).sort())
        expect(upFrameText(read)).toBe(text)
      }),
      runs,
    )
  })

  test('frames of sources', () => {
    fc.assert(
      fc.property(downFrame, (frame) => {
        const text = downFrameText(frame)
        const read = readDown(text)
        expect(difference(frame, { ...frame, ...read })).toBeUndefined()
        expect(Object.keys(read).sort()).toEqual(Object.keys(frame).sort())
        expect(downFrameText(read)).toBe(text)
      }),
      runs,
    )
  })
})

test.each(Object.entries(values))('the example %s arrives as it was', (_, storable) => {
  expect(difference(storable, throughJson(storable))).toBeUndefined()
})

test('the comparison of these tests notices what it should', () => {
  const pairs: readonly (readonly [unknown, unknown])[] = [
    [0, -0],
    [undefined, null],
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [{ a: undefined }, {}],
    [[], {}],
    [new Map([[1, 2]]), new Map([[1, 3]])],
    [new Set([1, 2]), new Set([2, 1])],
    [new Date(0), new Date(1)],
    [new Date(0), new Date(Number.NaN)],
    [Uint8Array.of(1), Int8Array.of(1)],
    [Float32Array.of(0), Float32Array.of(-0)],
    [Uint8Array.of(1).buffer, Uint8Array.of(2).buffer],
  ]
  for (const [a, b] of pairs) expect(difference({ a: [a] }, { a: [b] })).toBeDefined()
  for (const [a] of pairs) expect(difference([a], [a])).toBeUndefined()
})
