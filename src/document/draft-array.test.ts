import { describe, expect, test } from 'vitest'
import { open, refuses, same, update } from './test-support/document.ts'

interface Item {
  n: number
}
interface State {
  list: Item[]
}

const items = (...numbers: number[]): Item[] => numbers.map((n) => ({ n }))

describe('drafts of arrays', () => {
  test('read as plain arrays do', () => {
    update<{ list: (number | { n: number } | undefined)[] }>(open({ list: [1, { n: 2 }, undefined] }), ({ list }) => {
      expect(Array.isArray(list)).toBe(true)
      expect(list.length).toBe(3)
      expect(list[3]).toBeUndefined()
      expect((list as unknown as Record<string, unknown>)['01']).toBeUndefined()
      expect([2 in list, 3 in list, 'push' in list, Symbol.iterator in list]).toEqual([true, false, true, true])
      expect(Object.keys(list)).toEqual(['0', '1', '2'])
      expect(Reflect.ownKeys(list)).toEqual(['0', '1', '2', 'length'])
      expect(Object.getOwnPropertyDescriptor(list, 0)?.get?.()).toBe(1)
      expect(Object.getOwnPropertyDescriptor(list, 3)).toBeUndefined()
      expect(Object.getOwnPropertyDescriptor(list, 'length')?.value).toBe(3)
      expect(Object.getOwnPropertyDescriptor(list, Symbol.iterator)).toBeUndefined()
      expect(JSON.stringify(list)).toBe('[1,{"n":2},null]')
      same([...list, ...list.concat([5]).slice(-1)], [1, { n: 2 }, undefined, 5])
      expect(list.indexOf(list[1])).toBe(1)
      expect(list.map((item) => typeof item)).toEqual(['number', 'object', 'undefined'])
      expect(list.flat()).toHaveLength(3)
      expect(list.constructor).toBe(Array)
    })
  })

  test.each<[string, (list: Item[]) => unknown, Item[], number]>([
    ['push', (list) => list.push({ n: 4 }, { n: 5 }), items(3, 1, 2, 4, 5), 1],
    ['push of nothing', (list) => list.push(), items(3, 1, 2), 0],
    ['pop', (list) => list.pop(), items(3, 1), 1],
    ['shift', (list) => list.shift(), items(1, 2), 1],
    ['unshift', (list) => list.unshift({ n: 0 }), items(0, 3, 1, 2), 1],
    ['splice', (list) => list.splice(1, 1, { n: 7 }, { n: 8 }), items(3, 7, 8, 2), 1],
    ['splice without a count', (list) => list.splice(1), items(3), 1],
    ['splice without arguments', (list) => (list.splice as () => unknown)(), items(3, 1, 2), 0],
    ['splice from the end', (list) => list.splice(-2, 1), items(3, 2), 1],
    ['splice from before the beginning', (list) => list.splice(-9, 1), items(1, 2), 1],
    ['splice behind the end', (list) => list.splice(9, 9, { n: 4 }), items(3, 1, 2, 4), 1],
    ['splice of a negative count', (list) => list.splice(1, -1), items(3, 1, 2), 0],
    ['splice of no number', (list) => list.splice(NaN, undefined as never), items(3, 1, 2), 0],
    ['sort', (list) => list.sort((a, b) => a.n - b.n), items(1, 2, 3), 1],
    ['sort of what is in order', (list) => list.sort(() => 0), items(3, 1, 2), 0],
    ['reverse', (list) => list.reverse(), items(2, 1, 3), 1],
    ['fill', (list) => list.fill(items(0)[0]!, 1), items(3, 0, 0), 2],
    ['copyWithin', (list) => list.copyWithin(0, 1), items(1, 2, 2), 2],
    ['length', (list) => (list.length = 1), items(3), 1],
    ['the same length', (list) => (list.length = 3), items(3, 1, 2), 0],
    ['an index', (list) => (list[1]!.n = 5), items(3, 5, 2), 1],
    ['the index behind the last', (list) => (list[3] = { n: 5 }), items(3, 1, 2, 5), 1],
  ])('%s does what it does to an array, as few ops', (_name, change, expected, ops) => {
    const document = open({ list: items(3, 1, 2) })
    const plain = items(3, 1, 2)
    const wanted = change(plain)
    const recorded = update<State>(document, ({ list }) => {
      same(change(list), wanted)
      same(list, plain)
    })
    same(document.get(['list']), expected)
    expect(recorded).toHaveLength(ops)
  })

  test('pop and shift of an empty array', () => {
    const document = open({ list: [] })
    const ops = update<State>(document, ({ list }) => {
      expect([list.pop(), list.shift()]).toEqual([undefined, undefined])
    })
    expect(ops).toEqual([])
  })

  test('sort and reverse return the draft, and keep the drafts of the elements', () => {
    const document = open({ list: items(3, 1, 2) })
    update<State>(document, ({ list }) => {
      const [three, one] = list as [Item, Item]
      expect(list.sort((a, b) => a.n - b.n)).toBe(list)
      expect(list[2]).toBe(three)
      expect(list.reverse()).toBe(list)
      one.n = 10
      three.n = 30
    })
    same(document.get(['list']), items(30, 2, 10))
  })

  test('sort and reverse send only what has moved', () => {
    const document = open({ list: items(0, 2, 1, 3) })
    const ops = update<State>(document, ({ list }) => list.sort((a, b) => a.n - b.n))
    expect(ops).toEqual([{ kind: 'splice', path: ['list'], index: 1, remove: 2, items: items(1, 2) }])
  })

  test('sort without a function, and of values of all sorts', () => {
    const list = [undefined, 10, 9, null, -0, 0, new Date(5), new Date(4), 'b', NaN]
    const document = open({ list: [...list] })
    update<{ list: (typeof list)[number][] }>(document, (draft) => void draft.list.sort()) // oxlint-disable-line typescript/require-array-sort-compare
    list.sort() // oxlint-disable-line typescript/require-array-sort-compare
    same(document.get(['list']), list)
  })

  test('elements that were read before others shifted are written to where they are', () => {
    const document = open({ list: items(0, 1, 2, 3) })
    update<State>(document, ({ list }) => {
      const [, one, two] = list as [Item, Item, Item, Item]
      list.shift()
      list.unshift({ n: 8 }, { n: 9 })
      one.n = 11
      expect(list[3]).toBe(two)
      two.n = 12
    })
    same(document.get(['list']), items(8, 9, 11, 12, 3))
  })

  test('an element that was removed goes on working and leaves no trace', () => {
    const document = open({ list: items(0, 1) })
    const ops = update<State>(document, ({ list }) => {
      const [removed] = list.splice(0, 1) as [Item]
      removed.n = 5
      expect(removed.n).toBe(5)
      list.push(removed)
      removed.n = 6
    })
    same(document.get(['list']), items(1, 5))
    expect(ops).toHaveLength(2)
  })

  test('a bad write to an element that was removed names where it was', () => {
    const document = open({ list: items(0, 1, 2) })
    const error = refuses(document, 'not-storable', () =>
      document.update((draft) => {
        const { list } = draft as State
        const [, removed] = list
        list.splice(1, 1)
        removed!.n = Symbol('s') as never
      }),
    )
    expect(error.path).toEqual(['list', 1, 'n'])
  })

  test('filter and map, written back, send what they change', () => {
    const document = open({ list: items(0, 1, 2, 3, 4) })
    const last = document.get(['list', 4])
    const ops = update<State>(document, (draft) => (draft.list = draft.list.filter(({ n }) => n !== 1)))
    expect(ops).toEqual([{ kind: 'splice', path: ['list'], index: 1, remove: 1, items: [] }])
    expect(document.get(['list', 3])).toBe(last)
  })

  test('hundreds of thousands of elements at once', { timeout: 60_000 }, () => {
    const many = Array.from({ length: 130_000 }, (_, n) => n)
    const document = open({ list: [-1, 0, -2] })
    update<{ list: number[] }>(document, (draft) => draft.list.splice(1, 1, ...many.slice(0, 60_000)))
    same(document.get(['list']), [-1, ...many.slice(0, 60_000), -2])
    update<{ list: number[] }>(document, (draft) => (draft.list = many))
    const before = document.get([])
    expect(() =>
      document.update((draft) => {
        ;(draft as { list: number[] }).list.reverse()
        throw new Error('x')
      }),
    ).toThrow('x')
    expect(document.get([])).toBe(before)
    same(document.live, { list: many })
  })

  test.each<[string, (list: Item[]) => unknown, unknown[]]>([
    ['an index that leaves a hole', (list) => (list[3] = { n: 1 }), ['list', 3]],
    ['a length that leaves holes', (list) => (list.length = 4), ['list']],
    ['the greatest length', (list) => (list.length = 4_294_967_295), ['list']],
    ['a length that is no number', (list) => (list.length = 'x' as never), ['list']],
    ['a negative length', (list) => (list.length = -1), ['list']],
    ['delete', (list) => Reflect.deleteProperty(list, 0), ['list', 0]],
    ['delete of something else', (list) => delete (list as { x?: 1 }).x, ['list', 'x']],
  ])('%s is out of bounds', (_name, write, path) => {
    const document = open({ list: items(0, 1) })
    const error = refuses(document, 'out-of-bounds', () => document.update((draft) => write((draft as State).list)))
    expect(error.path).toEqual(path)
  })

  test.each<[string, (list: Item[]) => unknown]>([
    ['a property of another name', (list) => ((list as unknown as { x: number }).x = 1)],
    ['a negative index', (list) => (list[-1] = { n: 1 })],
    ['a symbol', (list) => ((list as unknown as Record<symbol, number>)[Symbol('s')] = 1)],
    ['freezing', (list) => Object.freeze(list)],
    ['defineProperty', (list) => Object.defineProperty(list, 0, { value: 1 })],
  ])('%s is refused', (_name, write) => {
    const document = open({ list: items(0, 1) })
    const error = refuses(document, 'not-storable', () => document.update((draft) => write((draft as State).list)))
    expect(error.path?.[0]).toBe('list')
  })
})
