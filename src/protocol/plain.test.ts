import { expect, test } from 'vitest'
import { encode } from './codec.ts'
import { isPlain } from './plain.ts'

test.each<[string, unknown]>([
  ['null', null],
  ['a text', 'text'],
  ['a number', 1.5],
  ['zero', 0],
  ['a boolean', false],
  ['objects and arrays', { a: [{ b: null, c: [] }, 'x', true] }],
  ['a key that is no ASCII', { ä: 1, '\u{1f600}': 2 }],
])('%s is plain, and so its own encoding', (_, value) => {
  expect(isPlain(value)).toBe(true)
  expect(encode(value)).toBe(value)
})

test.each<[string, unknown]>([
  ['undefined', undefined],
  ['-0', -0],
  ['NaN', Number.NaN],
  ['infinity', Number.POSITIVE_INFINITY],
  ['a bigint', 1n],
  ['a Map', new Map()],
  ['a Set', new Set()],
  ['a date', new Date(0)],
  ['bytes', Uint8Array.of(1)],
  ['a buffer', new ArrayBuffer(1)],
  ['a key "~"', { '~': 1 }],
  ['a key with escapes', { '\n': 1 }],
])('%s is not plain, wherever it is', (_, value) => {
  for (const around of [value, { a: value }, ['a', value], { a: [{ b: value }] }]) {
    expect(isPlain(around)).toBe(false)
    expect(encode(around)).not.toBe(around)
  }
})
