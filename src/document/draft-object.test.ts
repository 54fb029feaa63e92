import { describe, expect, test } from 'vitest'
import { open, refuses, same, update } from './test-support/document.ts'

interface Item {
  n: number
}

describe('drafts of objects', () => {
  test('read as plain objects do', () => {
    const document = open({ a: { x: 1, y: [1] }, b: undefined })
    update<{ a: Record<string, unknown>; b: unknown }>(document, (draft) => {
      expect(Object.keys(draft)).toEqual(['a', 'b'])
      expect(Object.entries(draft.a)).toEqual([
        ['x', 1],
        ['y', [1]],
      ])
      expect(JSON.stringify(draft)).toBe('{"a":{"x":1,"y":[1]}}')
      expect('b' in draft).toBe(true)
      expect('c' in draft).toBe(false)
      expect('toString' in draft).toBe(true)
      expect(Object.hasOwn(draft, 'toString')).toBe(false)
      expect(Object.prototype.toString.call(draft)).toBe('[object Object]')
      expect(Object.getPrototypeOf(draft)).toBe(Object.prototype)
      expect(Object.getOwnPropertySymbols(draft.a)).toEqual([])
      expect(Symbol.iterator in draft).toBe(false)
      expect(draft.a).toBe(draft.a)
      const seen: string[] = []
      for (const key in draft.a) seen.push(key)
      expect(seen).toEqual(['x', 'y'])
      same({ ...draft.a }, { x: 1, y: [1] })
    })
  })

  test('a property as its descriptor reads and writes the state', () => {
    const document = open({ a: { x: 1 } })
    update<{ a: Item }>(document, (draft) => {
      const descriptor = Object.getOwnPropertyDescriptor(draft, 'a')
      expect(descriptor?.enumerable).toBe(true)
      expect(descriptor?.get?.()).toBe(draft.a)
      descriptor?.set?.(5)
      expect(Object.getOwnPropertyDescriptor(draft, 'b')).toBeUndefined()
      expect(Object.getOwnPropertyDescriptor(draft, Symbol.iterator)).toBeUndefined()
    })
    same(document.get([]), { a: 5 })
  })

  test('listing the keys of a large object makes no drafts', () => {
    const items = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`k${n}`, { n }]))
    const document = open(items)
    const shared = document.live as Record<string, unknown>
    const before = shared['k5']
    update<typeof items>(document, (draft) => Object.keys(draft).length)
    expect((document.live as typeof shared)['k5']).toBe(before)
  })

  test('what is read again is the same draft, however much else has been read', () => {
    const keys = Array.from({ length: 30 }, (_, n) => `k${n}`)
    const document = open(Object.fromEntries(keys.map((key, n) => [key, { n }])))
    update<Record<string, Item>>(document, (draft) => {
      const drafts = keys.map((key) => draft[key])
      expect(keys.map((key) => drafts.indexOf(draft[key]))).toEqual(keys.map((_, n) => n))
    })
  })

  test('a deleted property that is set again comes last; indices keep their place', () => {
    const document = open({ a: 1, b: 2, 7: 3, 10: 4 })
    update<Record<string, number>>(document, (draft) => {
      delete draft['a']
      delete draft['7']
      expect(Object.keys(draft)).toEqual(['10', 'b'])
      draft['c'] = 5
      draft['a'] = 6
      draft['7'] = 7
      expect(Object.keys(draft)).toEqual(['7', '10', 'b', 'c', 'a'])
      expect(draft['a']).toBe(6)
      expect('a' in draft).toBe(true)
      draft['a'] = 8
      delete draft['c']
      expect('c' in draft).toBe(false)
    })
    same(document.get([]), { 7: 7, 10: 4, b: 2, a: 8 })
  })

  test('a property is never mistaken for an inherited one, nor the other way round', () => {
    const document = open({ toString: undefined, valueOf: 1 })
    update<Record<string, unknown>>(document, (draft) => {
      expect(draft['toString']).toBeUndefined()
      delete draft['toString']
      expect(draft['toString']).toBe(Object.prototype.toString)
      draft['toString'] = undefined
      expect(draft['toString']).toBeUndefined()
      delete draft['valueOf']
      draft['new'] = undefined
      draft['hasOwnProperty'] = undefined
      expect(draft['hasOwnProperty']).toBeUndefined()
      expect(Object.keys(draft)).toEqual(['toString', 'new', 'hasOwnProperty'])
    })
  })

  test('writing what is there already changes nothing', () => {
    const document = open({ a: { n: NaN }, b: undefined, list: [1] })
    const before = document.get([])
    const ops = update<Record<string, Item>>(document, (draft) => {
      const a = draft['a']!
      draft['a'] = a
      a.n = NaN
      draft['b'] = undefined as never
      draft['list'] = [1] as never
      delete draft['none']
    })
    expect(ops).toEqual([])
    expect(document.get([])).toBe(before)
  })

  test('a text that grows may prove to be an append, so its op tells what it was; no other does', () => {
    const document = open({ empty: '', grown: 'ab', shrunk: 'ab', same: 'ab' })
    const ops = update<Record<string, string>>(document, (draft) => {
      draft['empty'] = 'abc'
      draft['grown'] = 'abc'
      draft['shrunk'] = 'a'
      draft['same'] = 'ba'
    })
    expect(ops).toStrictEqual([
      { kind: 'set', path: ['empty'], value: 'abc' },
      { kind: 'set', path: ['grown'], value: 'abc', previous: 'ab' },
      { kind: 'set', path: ['shrunk'], value: 'a' },
      { kind: 'set', path: ['same'], value: 'ba' },
    ])
  })

  test('undefined can be written over a container that was not read', () => {
    const document = open({ a: { n: 1 } })
    update<{ a?: Item | undefined }>(document, (draft) => (draft.a = undefined))
    same(document.get([]), { a: undefined })
  })

  test('what is equal in a container that is replaced keeps its identity', () => {
    const document = open({ a: { x: { n: 1 }, y: { n: 2 } } })
    const before = document.get(['a', 'x'])
    const ops = update<{ a: Record<string, Item> }>(document, (draft) => (draft.a = { ...draft.a, y: { n: 3 } }))
    expect(ops).toEqual([{ kind: 'set', path: ['a', 'y', 'n'], value: 3 }])
    expect(document.get(['a', 'x'])).toBe(before)
  })

  test('a container that was replaced by an equal one is not written to by the draft of the former', () => {
    const document = open({ a: { n: 1 } })
    const before = document.get([])
    const ops = update<{ a: Item }>(document, (draft) => {
      const former = draft.a
      draft.a = { n: 1 }
      former.n = 2
      expect(draft.a.n).toBe(1)
    })
    expect(ops).toEqual([])
    expect(document.get([])).toBe(before)
  })

  test.each<[string, (draft: Record<string, Item>) => unknown]>([
    ['defineProperty', (draft) => Object.defineProperty(draft, 'x', { value: 1 })],
    ['setPrototypeOf', (draft) => Object.setPrototypeOf(draft, null) as unknown],
    ['freeze', (draft) => Object.freeze(draft)],
    ['a symbol', (draft) => ((draft as Record<symbol, unknown>)[Symbol('s')] = 1)],
  ])('%s is refused', (_name, write) => {
    const document = open({ a: { n: 1 } })
    const error = refuses(document, 'not-storable', () => document.update((draft) => write((draft as { a: never }).a)))
    expect(error.path?.[0]).toBe('a')
  })

  test('deleting a symbol is nothing', () => {
    const document = open({ a: 1 })
    expect(update<object>(document, (draft) => Reflect.deleteProperty(draft, Symbol('s')))).toEqual([])
  })
})
