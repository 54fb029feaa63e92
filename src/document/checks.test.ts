import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { checkSendable } from './checks.ts'
import { open, thrown } from './test-support/document.ts'

test('what arrives as what it is can be sent', () => {
  const value = {
    a: [1, undefined, null, 5n, new Date(0), new Uint8Array(1), new ArrayBuffer(1)],
    map: new Map<unknown, unknown>([[1, Object.create(null)]]),
    set: new Set(['a', NaN]),
    views: [new Float64Array(2), new Uint8ClampedArray(1), new BigInt64Array(1)],
    foreign: runInNewContext('({ a: [{}], b: null })') as unknown,
  }
  expect(() => {
    checkSendable(value, ['(argument)'])
  }).not.toThrow()
})

test('what was read from a store can be sent', () => {
  const document = open({
    map: new Map([['a', { set: new Set([1]), at: new Date(0), bytes: new Uint8Array(2) }]]),
  })
  expect(() => {
    checkSendable(document.get([]), ['(argument)'])
  }).not.toThrow()
})

test.each<[string, () => unknown, unknown[], string?]>([
  ['a function', () => [() => 0], [0]],
  ['a symbol', () => ({ s: Symbol('s') }), ['s']],
  ['a class instance', () => ({ a: [new (class extends Map {})()] }), ['a', 0]],
  ['a promise', () => Promise.resolve(), []],
  ['an Error', () => new Map([['e', new Error('x')]]), ['e']],
  ['an object as a key', () => new Map([[{}, 1]]), []],
  ['an object in a Set', () => [new Set([{}])], [0]],
  ['a DataView', () => ({ v: new DataView(new ArrayBuffer(1)) }), ['v']],
  ['a Buffer', () => [Buffer.from('x')], [0]],
  ["another realm's Map", () => [runInNewContext('new Map([[1, 2]])')], [0]],
  ["another realm's Set", () => [runInNewContext('new Set([1])')], [0]],
  ["another realm's Date", () => [runInNewContext('new Date(0)')], [0]],
  ["another realm's ArrayBuffer", () => [runInNewContext('new ArrayBuffer(1)')], [0]],
  ['memory that is shared', () => [new SharedArrayBuffer(1)], [0]],
  ['an array hole', () => ({ a: [1, , 3] }), ['a', 1]], // oxlint-disable-line no-sparse-arrays
  ['an array hole behind a property', () => Object.assign([1, , 3], { x: 1 }), [1]], // oxlint-disable-line no-sparse-arrays
  ['a property of an array', () => Object.assign([1], { x: 1 }), []],
  ['a property of a Map', () => [Object.assign(new Map(), { x: 1 })], [0]],
  ['a property of a Date', () => ({ at: Object.assign(new Date(0), { zone: 'UTC' }) }), ['at']],
  ['a symbol as a key', () => ({ [Symbol('s')]: 1 }), []],
  ['a hidden property', () => Object.defineProperty({}, 'x', { value: 1 }), []],
  [
    'a getter',
    () => ({
      get x() {
        return 1
      },
    }),
    ['x'],
  ],
  ['a setter', () => ({ a: [{ set x(_value: number) {} }] }), ['a', 0, 'x']],
  ['an object that inherits properties', () => Object.create({ a: 1 }), []],
  ['__proto__', () => JSON.parse('[{"__proto__":1}]'), [0, '__proto__'], 'reserved-key'],
])('%s is refused', (_name, make, rest, code = 'not-storable') => {
  const error = thrown(() => {
    checkSendable(make(), ['(argument)'])
  })
  expect(error).toMatchObject({ code, path: ['(argument)', ...rest] })
})

test('a cycle is too deep', () => {
  const cycle: unknown[] = []
  cycle.push(cycle)
  expect(
    thrown(() => {
      checkSendable(cycle, [])
    }).code,
  ).toBe('too-deep')
})
