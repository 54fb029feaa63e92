import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { value } from '../../test/wire/support/arbitraries.ts'
import { difference as expected } from '../../test/wire/support/identical.ts'
import { seed } from '../../test/wire/support/random.ts'
import { difference } from './difference.ts'
import { hash } from './hash.ts'

const bytes = (...numbers: number[]): Uint8Array => Uint8Array.from(numbers)

test.each<[string, unknown, unknown, unknown[]]>([
  ['a property', { a: { b: 1 } }, { a: { b: 2 } }, ['a', 'b']],
  ['a property that is there once', { a: {} }, { a: { b: undefined } }, ['a', 'b']],
  ['a property that has gone', { a: { b: undefined } }, { a: {} }, ['a', 'b']],
  ['an element', [1, [2, 3]], [1, [2, 4]], [1, 1]],
  ['an element more', [1], [1, 2], [1]],
  ['an entry', new Map([[1n, { a: 0 }]]), new Map([[1n, { a: -0 }]]), [1n, 'a']],
  ['a member', { set: new Set(['a', 'b']) }, { set: new Set(['a', 'c']) }, ['set', 'b']],
  ['the order of keys', { x: { a: 1, b: 2 } }, { x: { b: 2, a: 1 } }, ['x']],
  [
    'the order of a Map',
    new Map([
      ['a', 1],
      ['b', 1],
    ]),
    new Map([
      ['b', 1],
      ['a', 1],
    ]),
    [],
  ],
  ['a date', { at: new Date(1) }, { at: new Date(2) }, ['at']],
  ['bytes', { bytes: bytes(1, 2) }, { bytes: bytes(1, 3) }, ['bytes']],
  ['bytes more', [bytes(1)], [bytes(1, 2)], [0]],
  ['a buffer', { buffer: bytes(1).buffer }, { buffer: bytes(2).buffer }, ['buffer']],
  ['the sort of bytes', { bytes: bytes(1) }, { bytes: Int8Array.of(1) }, ['bytes']],
  ['the sort of a container', { a: [] }, { a: {} }, ['a']],
  ['a value and a container', { a: null }, { a: {} }, ['a']],
  ['text and number', { a: '1' }, { a: 1 }, ['a']],
  ['undefined and null', [undefined], [null], [0]],
]) /* prettier-ignore */('%s', (_, a, b, path) => {
  expect(difference(a, b)).toEqual(path)
  expect(difference(b, a)).toHaveLength(path.length)
  expect(hash(a)).not.toBe(hash(b))
})

describe(`any two values (LOCKSTEP_SEED=${seed})`, () => {
  test('a copy has the same hash and does not differ', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(value, (original) => {
        const copy: unknown = structuredClone(original)
        expect(hash(copy)).toBe(hash(original))
        expect(difference(copy, original)).toBeUndefined()
      }),
      { seed, numRuns: 500 },
    )
  })

  test('values have the same hash, and do not differ, when nobody could tell them apart', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const same = expected(a, b) === undefined
        expect(hash(a) === hash(b)).toBe(same)
        expect(difference(a, b) === undefined).toBe(same)
      }),
      { seed, numRuns: 1000, examples: [[{ toString: new ArrayBuffer(0) }, '']] },
    )
  })
})

test('a hash is 16 digits, and depends on every letter', () => {
  const text = 'x'.repeat(1000)
  expect(hash(text)).toMatch(/^[\da-f]{16}$/)
  const hashes = Array.from({ length: 1000 }, (_, at) => hash(`${text.slice(0, at)}y${text.slice(at + 1)}`))
  expect(new Set(hashes).size).toBe(1000)
})
