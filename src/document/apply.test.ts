import { describe, expect, test } from 'vitest'
import { adopt } from './adopt.ts'
import { open, refuses, same, thrown } from './test-support/document.ts'
import type { Op, Path } from './types.ts'

const state = () => ({
  text: 'a',
  list: [1, { n: 1 }],
  map: new Map<string | number, unknown>([
    ['a', { x: 1 }],
    ['b', 2],
    [1, 3],
  ]),
  set: new Set(['a', 'b']),
  object: { a: 1, b: 2, c: { d: 1 } },
})

const set = (path: Path, value: unknown): Op => ({ kind: 'set', path, value })
const remove = (...path: Path): Op => ({ kind: 'delete', path })
const append = (path: Path, chunk: string): Op => ({ kind: 'append', path, chunk })
const splice = (path: Path, index: number, remove: number, items: unknown[]): Op => ({
  kind: 'splice',
  path,
  index,
  remove,
  items,
})

describe('applying', () => {
  test('every kind of op, in every kind of container', () => {
    const document = open(state())
    document.apply([
      append(['text'], 'b'),
      append(['text'], 'c'),
      set(['list', 0], { n: 0 }),
      set(['list', 0, 'n'], 5),
      splice(['list'], 2, 0, ['x', 'y']),
      splice(['list'], 1, 2, []),
      set(['map', 1], 4),
      set(['map', 'new'], { list: [] }),
      splice(['map', 'new', 'list'], 0, 0, [1]),
      remove('map', 'b'),
      set(['set', 'c'], true),
      remove('set', 'a'),
      remove('object', 'a'),
      set(['object', 'a'], 9),
      set(['object', 'c', 'e'], undefined),
    ])
    const map = new Map<string | number, unknown>([['a', { x: 1 }], [1, 4], ['new', { list: [1] }]]) // prettier-ignore
    same(document.get([]), {
      text: 'abc',
      list: [{ n: 5 }, 'y'],
      map,
      set: new Set(['b', 'c']),
      object: { b: 2, c: { d: 1, e: undefined }, a: 9 },
    })
  })

  test('the root', () => {
    const document = open(state())
    document.apply([set([], { a: 1 }), set(['b'], 2)])
    same(document.get([]), { a: 1, b: 2 })
    document.apply([set([], [1]), splice([], 1, 0, [2])])
    same(document.get([]), [1, 2])
  })

  test('what changes nothing leaves all references as they are', () => {
    const document = open(state())
    const before = document.get([])
    document.apply([
      set(['map', 'b'], 2),
      set(['set', 'a'], true),
      remove('map', 'none'),
      remove('set', 'none'),
      remove('object', 'none'),
      set(['list', 0], 1),
    ])
    expect(document.get([])).toBe(before)
  })

  test('values that are applied are frozen, and later changes do not reach them', () => {
    const document = open(state())
    const value = { list: [{ n: 1 }], date: new Date(0) }
    document.apply([set(['object', 'a'], value)])
    expect(() => value.list.push({ n: 2 })).toThrow(TypeError)
    expect(thrown(() => value.date.setTime(1)).code).toBe('read-only')
    document.apply([set(['object', 'a', 'list', 0, 'n'], 2)])
    expect(value.list[0]!.n).toBe(1)
  })

  // prettier-ignore
  test.each<[string, string, Op]>([
    ['an append to nothing', 'bad-path', append(['none'], 'x')],
    ['an append to a number', 'bad-path', append(['list', 0], 'x')],
    ['an append to a member of a Set', 'bad-path', append(['set', 'b'], 'x')],
    ['an append to the root', 'bad-path', append([], 'x')],
    ['a root that is no container', 'bad-path', set([], 1)],
    ['the deletion of the root', 'bad-path', remove()],
    ['a path through nothing', 'bad-path', set(['none', 'a'], 1)],
    ['a path through a text', 'bad-path', set(['text', 'length'], 1)],
    ['a path through a member of a Set', 'bad-path', set(['set', 'a', 'b'], 1)],
    ['a path through a prototype', 'bad-path', set(['object', 'toString', 'a'], 1)],
    ['a number as the key of an object', 'bad-path', set(['object', 1], 1)],
    ['a number as the key to delete', 'bad-path', remove('object', 1)],
    ['the deletion of an element', 'bad-path', remove('list', 0)],
    ['an element that is not there', 'out-of-bounds', set(['list', 2], 1)],
    ['an element before the first', 'out-of-bounds', set(['list', -1], 1)],
    ['half an element', 'out-of-bounds', set(['list', 0.5], 1)],
    ['an element by its name', 'out-of-bounds', set(['list', '0'], 1)],
    ['the length', 'out-of-bounds', set(['list', 'length'], 4_294_967_295)],
    ['a splice of no array', 'bad-path', splice(['map'], 0, 0, [])],
    ['a splice of nothing', 'bad-path', splice(['none'], 0, 0, [])],
    ['a splice behind the end', 'out-of-bounds', splice(['list'], 3, 0, [])],
    ['a splice of too many', 'out-of-bounds', splice(['list'], 1, 2, [])],
    ['a splice before the beginning', 'out-of-bounds', splice(['list'], -1, 0, [])],
    ['a splice of less than nothing', 'out-of-bounds', splice(['list'], 1, -1, [])],
    ['a splice at half an element', 'out-of-bounds', splice(['list'], 0.5, 0, [])],
    ['a splice of half an element', 'out-of-bounds', splice(['list'], 0, 0.5, [])],
    ['a splice to more than an array can have', 'out-of-bounds', splice(['list'], 0, 0, { length: 2 ** 32 } as never)],
    ['a reserved key', 'reserved-key', set(['object', '__proto__'], 1)],
    ['a reserved key on the way', 'reserved-key', set(['object', 'constructor', 'prototype', 'x'], 1)],
    ['a reserved key to delete', 'reserved-key', remove('object', 'constructor')],
    ['a reserved key in a value', 'reserved-key', set(['object', 'a'], JSON.parse('[{"__proto__":{"x":1}}]'))],
    ['a reserved key in a spliced Map', 'reserved-key', splice(['list'], 0, 0, [new Map([['prototype', 1]])])],
    ['a reserved member of a Set', 'reserved-key', set(['object', 'a'], [new Set(['__proto__'])])],
    ['a path too long', 'too-deep', set(Array.from({ length: 129 }, () => 'a'), 1)],
    ['a value too deep', 'too-deep', set(['object', 'a'], nested(128))],
    ['a value too deep in a splice', 'too-deep', splice(['list'], 0, 0, [1, nested(127)])],
  ])('refuses %s, and takes back what came before', (_name, code, bad) => {
    const document = open(state())
    document.get(['map'])
    const error = refuses(document, code as never, () => {
      document.apply([
        append(['text'], 'b'), remove('map', 'a'), set(['map', 'z'], 1), set(['map', 'a'], 1), remove('set', 'a'),
        remove('object', 'a'), set(['object', 'a'], 0), splice(['list'], 0, 1, []), splice(['list'], 1, 0, [0]), bad,
      ])
    })
    expect(error.path).toEqual(error.path?.slice(0, Math.max(bad.path.length, 1) + 2))
    document.apply([set([], { a: 1 })])
    const before = document.get([])
    expect(() => {
      document.apply([set([], []), bad])
    }).toThrow(`(at `)
    expect(document.get([])).toBe(before)
    expect(({} as { x?: number }).x).toBeUndefined()
  })

  test('a reserved key is named with the way to it', () => {
    const document = open(state())
    const error = refuses(document, 'reserved-key', () => document.apply([set(['object', '__proto__', 'x'], 1)]))
    expect(error.path).toEqual(['object', '__proto__'])
  })

  test('as deep as it may be', () => {
    const document = open(state())
    document.apply([set(['object', 'a'], nested(126))])
    document.apply([set([...['object', 'a'], ...Array.from({ length: 126 }, () => 'a')], 'deepest')])
    expect(document.get([...['object', 'a'], ...Array.from({ length: 126 }, () => 'a')])).toBe('deepest')
  })
})

test('adopt() checks what was parsed, where it is', () => {
  expect(adopt('text', [])).toBe('text')
  expect(thrown(() => adopt({ a: JSON.parse('{"__proto__":1}') as unknown }, ['x'])).code).toBe('reserved-key')
  expect(thrown(() => adopt(nested(128), ['x'])).code).toBe('too-deep')
})

/** Objects, that many levels of them. */
function nested(levels: number): unknown {
  return levels === 0 ? 1 : { a: nested(levels - 1) }
}
