import { describe, expect, test } from 'vitest'
import { open, refuses, same, update } from './test-support/document.ts'

interface Item {
  n: number
}

describe('values are copied where they are written', () => {
  test('a subtree that is moved, and one that is written twice', () => {
    const document = open({ from: { item: { n: 1 } }, to: {} })
    interface State {
      from: Record<string, Item>
      to: Record<string, Item>
    }
    update<State>(document, (draft) => {
      const item = draft.from['item']!
      item.n = 2
      draft.to['first'] = item
      delete draft.from['item']
      item.n = 3
      draft.to['second'] = item
      const fresh = { n: 9 }
      draft.to['third'] = fresh
      draft.from['third'] = fresh
      draft.to['third'].n = 10
    })
    same(document.get([]), { from: { third: { n: 9 } }, to: { first: { n: 2 }, second: { n: 3 }, third: { n: 10 } } })
  })

  test('a container into itself', () => {
    const document = open({ a: { n: 1 } as Record<string, unknown> })
    update<{ a: Record<string, unknown> }>(document, (draft) => {
      draft.a['self'] = draft
      draft.a['self'] = draft.a
    })
    same(document.get([]), { a: { n: 1, self: { n: 1, self: { a: { n: 1 } } } } })
  })

  test('a swap', () => {
    const document = open({ list: [{ n: 1 }, { n: 2 }] })
    update<{ list: Item[] }>(document, ({ list }) => {
      ;[list[0], list[1]] = [list[1]!, list[0]!]
      list[0].n = 5
    })
    same(document.get([]), { list: [{ n: 5 }, { n: 1 }] })
  })

  test('a draft of another document', () => {
    const [one, other] = [open({ a: { n: 1 } }), open({ b: {} })]
    one.update((from) => {
      update<{ b: object }>(other, (to) => (to.b = from as object))
      ;(from as { a: Item }).a.n = 2
    })
    same(other.get([]), { b: { a: { n: 1 } } })
  })

  test('drafts in what is written, after their container has changed', () => {
    const document = open({ map: new Map<string, Item>([['a', { n: 1 }]]), set: new Set(['x']), out: [] as unknown[] })
    interface State {
      map: Map<string, Item>
      set: Set<string>
      out: unknown[]
    }
    update<State>(document, (draft) => {
      draft.map.delete('a')
      draft.map.set('b', { n: 2 }).set('a', { n: 3 })
      draft.set.delete('x')
      draft.set.add('y').add('x')
      draft.out.push({ map: draft.map }, [draft.set, draft.set])
      draft.map.get('a')!.n = 4
    })
    const copied = new Map([['b', { n: 2 }], ['a', { n: 3 }]]) // prettier-ignore
    same(document.get(['out']), [{ map: copied }, [new Set(['y', 'x']), new Set(['y', 'x'])]])
  })

  test('into drafts of what was taken out, and from them', () => {
    const document = open({
      a: { list: [3, 1, 2], map: new Map([['a', 1]]), set: new Set([1]), text: 'x' },
      b: 0 as unknown,
    })
    interface State {
      a: { list: number[]; map: Map<string, number>; set: Set<number>; text?: string; more?: object }
      b: unknown
    }
    const ops = update<State>(document, (draft) => {
      const { a } = draft
      const { list, map, set } = a
      delete (draft as Partial<State>).a
      list.sort((one, other) => one - other)
      list.push(4)
      list[0] = 0
      map.clear()
      map.set('b', 2)
      set.delete(1)
      delete a.text
      a.more = { x: 1 }
      a.more = { x: 2 }
      draft.b = [a]
      list.reverse()
      same(list, [4, 3, 2, 0])
    })
    same(document.get([]), { b: [{ list: [0, 2, 3, 4], map: new Map([['b', 2]]), set: new Set(), more: { x: 2 } }] })
    expect(ops.map(({ kind }) => kind)).toEqual(['delete', 'set'])
  })

  test.each<[string, (inner: unknown) => unknown]>([
    ['objects', (inner) => ({ a: inner })],
    ['arrays', (inner) => [inner]],
    ['maps', (inner) => new Map([[1, inner]])],
  ])('a move to where %s would be nested too deep', (_name, wrap) => {
    let deep: unknown = 'text'
    for (let level = 0; level < 100; level++) deep = wrap(deep)
    const document = open({ deep, at: { b: {} } })
    interface State {
      deep: unknown
      at: Record<string, unknown>
    }
    update<State>(document, (draft) => (draft.at['deep'] = draft.deep))
    const error = refuses(document, 'too-deep', () =>
      document.update((draft) => {
        for (let round = 0; round < 40; round++) (draft as State).at = { c: (draft as State).at, text: 'x' }
      }),
    )
    expect(error.path).toEqual(['at', 'c'])
    update<State>(document, (draft) => {
      for (let round = 0; round < 26; round++) draft.at = { c: draft.at, text: 'x' }
    })
  })

  test('a container that was taken out can grow only as deep as it was', () => {
    const document = open({ a: { b: { c: { d: {} } } } })
    let deep: object = {}
    for (let level = 0; level < 123; level++) deep = { a: deep }
    interface State {
      a: { b: { c: Record<string, unknown> } }
    }
    refuses(document, 'too-deep', () =>
      document.update((draft) => {
        const { c } = (draft as State).a.b
        delete (draft as Partial<State>).a
        c['d'] = { deep }
      }),
    )
  })
})
