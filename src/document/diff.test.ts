import { describe, expect, test } from 'vitest'
import { diff } from './diff.ts'
import { copyState } from './document.ts'
import { open, same } from './test-support/document.ts'
import { deepCopy } from './test-support/plain.ts'
import type { Op } from './types.ts'

/** What `replace` does, checked. */
function replaced(before: object, after: object): Op[] {
  const document = open(deepCopy(before))
  const ops = document.replace(copyState(deepCopy(after)))
  same(document.get([]), after)
  same(document.live, after)
  const follower = open(deepCopy(before))
  follower.apply(ops)
  same(follower.get([]), after)
  return ops
}

const summary = (ops: readonly Op[]) => ops.map(({ kind, path }) => [kind, ...path])

const samples = (): unknown[] => [
  1, NaN, -0, 0, '0', null, undefined, true, 5n, {}, [], new Map(), new Set(), { a: 1 }, { a: undefined }, [undefined], [[]],
  new Date(0), new Date(1), new Date(NaN), new Uint8Array(2), new Int8Array(2), new Uint8Array([0, 1]), new ArrayBuffer(2),
  new Map([['a', 1]]), new Map([['a', 2]]), new Map([['b', 1]]), new Set(['a']), new Set(['b']), { b: 1 }, { a: 1, b: 2 }, [1, 2],
] // prettier-ignore

describe('replace', () => {
  test('finds no difference between what is equal, and one between what is not', { timeout: 60_000 }, () => {
    for (const [a, one] of samples().entries()) {
      for (const [b, other] of samples().entries()) {
        for (const [before, after] of [
          [{ x: one }, { x: other }],
          [
            [one, 5],
            [other, 5],
          ],
          [[[one]], [[other]]],
          [new Map([[1, { x: one }]]), new Map([[1, { x: other }]])],
        ] as const) /* prettier-ignore */ {
          expect(replaced(before, after).length > 0, `${a} ${b}`).toBe(a !== b)
        }
      }
    }
  })

  test('changes only what differs', () => {
    const before = { a: { x: 1, y: { z: 1 } }, b: new Map([['k', { n: 1 }]]), c: [{ n: 1 }, { n: 2 }] }
    const after = { a: { x: 1, y: { z: 2 } }, b: new Map([['k', { n: 2 }], ['l', { n: 3 }]]), c: [{ n: 1 }, { n: 3 }] } // prettier-ignore
    expect(summary(replaced(before, after))).toEqual([
      ['set', 'a', 'y', 'z'],
      ['set', 'b', 'k', 'n'],
      ['set', 'b', 'l'],
      ['set', 'c', 1, 'n'],
    ])
  })

  test('keys that come and go', () => {
    expect(summary(replaced({ a: 1, b: 2, c: 3 }, { a: 1, c: 3, d: 4 }))).toEqual([
      ['delete', 'b'],
      ['set', 'd'],
    ])
    expect(summary(replaced(new Set(['a', 'b']), new Set(['b', 'c'])))).toEqual([
      ['delete', 'a'],
      ['set', 'c'],
    ])
  })

  test('undefined as a key is a key', () => {
    const [one, two] = [new Map([['a', 1]]), new Map<string | undefined, number>([['a', 1], [undefined, 2]])] // prettier-ignore
    expect(summary(replaced(two, one))).toEqual([['delete', undefined]])
    expect(summary(replaced(one, two))).toEqual([['set', undefined]])
  })

  test('keys in another order: those that are out of it are set anew, the others stay', () => {
    const before = new Map([1, 2, 3, 4].map((key) => [key, { key }]))
    const after = new Map([2, 3, 4, 1].map((key) => [key, { key }]))
    expect(summary(replaced(before, after))).toEqual([
      ['delete', 1],
      ['set', 1],
    ])
    expect(summary(replaced({ a: 1, b: 2, c: 3 }, { a: 1, x: 0, b: 2, c: 3 }))).toEqual([
      ['delete', 'b'],
      ['delete', 'c'],
      ['set', 'x'],
      ['set', 'b'],
      ['set', 'c'],
    ])
    expect(summary(replaced(new Set(['a', 'b', 'c']), new Set(['a', 'c', 'b'])))).toEqual([
      ['delete', 'b'],
      ['set', 'b'],
    ])
  })

  test('indices as the keys of an object have no order to keep', () => {
    expect(summary(replaced({ 1: 'a', 3: 'c', x: 0 }, { 1: 'a', 2: 'b', 3: 'c', x: 0 }))).toEqual([['set', '2']])
    expect(summary(replaced({ 1: 'a', 3: 'c', x: 0 }, { 3: 'c', x: 0 }))).toEqual([['delete', '1']])
    const tooGreat = { 4294967295: 1, a: 1 }
    expect(replaced({ a: 1, 4294967295: 1 }, tooGreat)).toHaveLength(2)
    expect(summary(replaced(new Map([['1', 1], ['2', 2]]), new Map([['2', 2], ['1', 1]])))).toEqual([['delete', '1'], ['set', '1']]) // prettier-ignore
  })

  test('arrays: what is equal at both ends stays', () => {
    const list = (...numbers: number[]) => ({ list: numbers.map((n) => ({ n, m: 1 })) })
    expect(replaced(list(1, 2, 3), list(1, 9, 2, 3))).toMatchObject([{ kind: 'splice', index: 1, remove: 0 }])
    expect(replaced(list(1, 2, 3), list(1, 3))).toMatchObject([{ kind: 'splice', index: 1, remove: 1, items: [] }])
    expect(replaced(list(1, 2, 3), list(2, 3))).toMatchObject([{ kind: 'splice', index: 0, remove: 1 }])
    expect(replaced(list(1, 2, 3), list(1, 2))).toMatchObject([{ kind: 'splice', index: 2, remove: 1 }])
    expect(replaced(list(1, 1, 1), list(1, 1))).toMatchObject([{ kind: 'splice', remove: 1 }])
    expect(replaced(list(), list(1))).toMatchObject([{ kind: 'splice', index: 0, remove: 0 }])
    expect(summary(replaced(list(1, 2, 3), list(1, 5, 3)))).toEqual([['set', 'list', 1, 'n']])
    expect(summary(replaced(list(1, 2, 3), list(7, 8)))).toEqual([['set', 'list']])
  })

  test('arrays as long as before: element by element where that saves something, else a splice', () => {
    const numbers = (...list: number[]) => ({ list: [0, ...list] })
    expect(summary(replaced(numbers(1, 2, 3), numbers(9, 2, 8)))).toEqual([
      ['set', 'list', 1],
      ['set', 'list', 3],
    ])
    expect(replaced(numbers(1, 2, 3), numbers(7, 8, 9))).toMatchObject([{ kind: 'splice', index: 1, remove: 3 }])
    expect(summary(replaced(numbers(1, 2, 3), numbers(1, 7, 3)))).toEqual([['set', 'list', 2]])
    const rows = (...list: number[]) => ({ list: [0, ...list.map((n) => ({ a: n, b: n, c: [n] }))] })
    expect(replaced(rows(1, 2, 3), rows(2, 3, 1))).toMatchObject([{ kind: 'splice', index: 1, remove: 3 }])
    const nested = (...list: number[]) => ({ list: list.map((n) => [0, 0, n]) })
    expect(summary(replaced(nested(1, 2), nested(3, 4)))).toEqual([
      ['set', 'list', 0, 2],
      ['set', 'list', 1, 2],
    ])
    const grown = (...list: number[]) => ({ list: list.map((n) => Array.from({ length: n }, () => 1)) })
    expect(summary(replaced(grown(1, 2), grown(2, 3)))).toEqual([
      ['splice', 'list', 0],
      ['splice', 'list', 1],
    ])
  })

  test('another sort of container, or one with nothing in common, is set whole', () => {
    for (const [before, after] of [
      [{}, []],
      [[], new Map()],
      [new Map(), new Set()],
      [new Set(), {}],
      [{ a: 1 }, { b: 1 }],
      [new Set([1]), new Set([2])],
      [{}, { a: 1 }],
      [{ a: 1 }, {}],
    ]) {
      expect(summary(replaced({ x: before }, { x: after }))).toEqual([['set', 'x']])
    }
  })
})

test('takes time in proportion: long, wide, deep, and different everywhere', { timeout: 60_000 }, () => {
  const rows = (shift: number) => Array.from({ length: 150_000 }, (_, n) => ({ n: n + shift }))
  expect(diff(rows(0), rows(1), [])).toHaveLength(150_000)
  const entries = (value: number) => new Map(Array.from({ length: 150_000 }, (_, n) => [n, { value }]))
  expect(diff(entries(0), entries(1), [])).toHaveLength(150_000)
  const deep = (levels: number, end: number): unknown[] => [levels === 0 ? end : deep(levels - 1, end), levels]
  expect(diff(deep(120, 0), deep(120, 1), [])).toHaveLength(1)
})
