import { describe, expect, test } from 'vitest'
import { open, refuses, same, update } from './test-support/document.ts'
import type { Key } from './types.ts'

interface Item {
  n: number
}

describe('drafts of maps and sets', () => {
  interface State {
    map: Map<Key, Item>
    set: Set<Key>
  }
  const state = () => ({
    map: new Map<Key, Item>([
      ['a', { n: 1 }],
      [1, { n: 2 }],
      [NaN, { n: 3 }],
    ]),
    set: new Set<Key>(['a', 1, NaN, -0]),
  })

  test('cannot be cloned: a copy would be empty', () => {
    update<State>(open(state()), (draft) => {
      for (const each of [draft, draft.map, draft.set])
        expect(() => structuredClone(each)).toThrow(expect.objectContaining({ name: 'DataCloneError' }))
      expect(new Map(draft.map).size).toBe(3)
    })
  })

  test('read as the real ones do', () => {
    update<State>(open(state()), ({ map, set }) => {
      expect(map instanceof Map && set instanceof Set).toBe(true)
      expect([map.size, set.size]).toEqual([3, 4])
      expect([map.has(NaN), map.has('b'), set.has(0), set.has('b')]).toEqual([true, false, true, false])
      expect(map.get('none')).toBeUndefined()
      expect(map.get('a')).toBe(map.get('a'))
      expect([...map.keys()]).toEqual(['a', 1, NaN])
      expect([...map.values()].map(({ n }) => n)).toEqual([1, 2, 3])
      expect([...map.entries()].map(([key]) => key)).toEqual(['a', 1, NaN])
      expect([...new Map(map).keys()]).toEqual(['a', 1, NaN])
      expect([...set.keys(), ...set.values()]).toEqual(['a', 1, NaN, 0, 'a', 1, NaN, 0])
      expect([...set.entries()][0]).toEqual(['a', 'a'])
      expect([...new Set(set)]).toEqual(['a', 1, NaN, 0])
      expect(Object.prototype.toString.call(map)).toBe('[object Map]')
      const self = {}
      map.forEach(function (this: unknown, value, key, of) {
        expect(this).toBe(self)
        expect(of.get(key)).toBe(value)
      }, self)
      set.forEach(function (this: unknown, member, same, of) {
        expect(this).toBe(self)
        expect(of.has(member) && Object.is(member, same)).toBe(true)
      }, self)
    })
  })

  test('a deleted entry that is set again comes last', () => {
    const document = open(state())
    update<State>(document, ({ map, set }) => {
      expect(map.delete('a')).toBe(true)
      expect(map.delete('a')).toBe(false)
      expect([map.size, map.has('a'), map.get('a')]).toEqual([2, false, undefined])
      map.set('b', { n: 4 }).set('a', { n: 5 })
      map.get('a')!.n = 6
      map.set('b', { n: 7 })
      expect([...map.keys()]).toEqual([1, NaN, 'b', 'a'])
      expect(map.size).toBe(4)
      set.delete('a')
      expect(set.add('a').add('a').size).toBe(4)
      expect(map.delete('b')).toBe(true)
      expect(map.size).toBe(3)
    })
    same(document.get([]), {
      map: new Map<Key, Item>([
        [1, { n: 2 }],
        [NaN, { n: 3 }],
        ['a', { n: 6 }],
      ]),
      set: new Set([1, NaN, 0, 'a']),
    })
  })

  test('adding a member that is there is no change', () => {
    const document = open(state())
    const before = document.get([])
    expect(update<State>(document, ({ set }) => set.add('a').add(NaN).add(0))).toEqual([])
    expect(document.get([])).toBe(before)
  })

  test('clear() is one op, and nothing where there is nothing', () => {
    const document = open(state())
    const ops = update<State>(document, ({ map, set }) => {
      map.clear()
      map.clear()
      set.clear()
      expect([map.size, set.size]).toEqual([0, 0])
      map.set('a', { n: 1 })
    })
    expect(ops.map(({ kind, path }) => [kind, path])).toEqual([
      ['set', ['map']],
      ['set', ['set']],
      ['set', ['map', 'a']],
    ])
    same(document.get([]), { map: new Map([['a', { n: 1 }]]), set: new Set() })
  })

  test('iterating meets what comes meanwhile and misses what goes', () => {
    const document = open(state())
    update<State>(document, ({ map, set }) => {
      const seen: unknown[] = []
      for (const key of map.keys()) {
        seen.push(key)
        if (key === 'a' && seen.length === 1) {
          map.delete(1)
          map.delete('a')
          map.set('a', { n: 9 })
        } else if (key === 'a') map.set('z', { n: 0 })
      }
      expect(seen).toEqual(['a', NaN, 'a', 'z'])
      const members: unknown[] = []
      for (const member of set) {
        members.push(member)
        if (member === 1) set.delete(NaN)
        if (member === 0) set.add('new')
      }
      expect(members).toEqual(['a', 1, 0, 'new'])
    })
  })

  test('the algebra of sets, where the engine has it', () => {
    const document = open({ set: new Set([1, 2]), other: new Set([2, 3]), result: new Set() })
    type Algebra = Partial<Record<string, (other: unknown) => unknown>>
    update<Record<string, Set<number>>>(document, ({ set, other, result }) => {
      set!.add(5)
      const algebra = set as unknown as Algebra
      for (const member of (algebra['union']?.(other) ?? [1, 2, 5, 3]) as Set<number>) result!.add(member)
      expect(algebra['isSubsetOf']?.(new Set([1, 2, 3, 5])) ?? true).toBe(true)
    })
    same(document.get(['result']), new Set([1, 2, 5, 3]))
  })

  test.each<[string, unknown, unknown[]]>([
    ['an object', {}, ['map']],
    ['a symbol', Symbol('s'), ['map']],
    ['a function', () => 0, ['map']],
  ])('%s cannot be a key', (_name, key, path) => {
    const document = open(state())
    const write = (draft: unknown) => (draft as State).map.set(key as string, { n: 1 })
    expect(refuses(document, 'not-storable', () => document.update(write)).path).toEqual(path)
    const add = (draft: unknown) => (draft as State).set.add(key as string)
    expect(refuses(document, 'not-storable', () => document.update(add)).path).toEqual(['set'])
  })

  test('a method that is not known, of a newer engine, throws instead of writing elsewhere', () => {
    const document = open(state())
    const native = Map.prototype.set
    expect(() => document.update((draft) => native.call((draft as State).map, 'x', 1))).toThrow(TypeError)
    expect(() => document.update((draft) => Set.prototype.add.call((draft as State).set, 'x'))).toThrow(TypeError)
  })
})
