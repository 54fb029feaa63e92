import { expect, test } from 'vitest'
import { checkSendable } from './checks.ts'
import { thrown } from './test-support/document.ts'

test('what arrives as what it is can be sent', () => {
  const value = {
    a: [1, undefined, null, 5n, new Date(0), new Uint8Array(1), new ArrayBuffer(1)],
    map: new Map<unknown, unknown>([[1, Object.create(null)]]),
    set: new Set(['a', NaN]),
  }
  expect(() => {
    checkSendable(value, ['(argument)'])
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
