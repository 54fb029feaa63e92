import { describe, expect, test, vi } from 'vitest'
import { copyState, Document } from './document.ts'
import { open, refuses, same, thrown, update } from './test-support/document.ts'

interface State {
  readonly order: readonly string[]
  readonly byId: ReadonlyMap<string, { readonly title: string; readonly tags: readonly string[] }>
  readonly settings: { readonly theme: string; readonly size?: number | undefined }
}

const state = (): State => ({
  order: ['a', 'b'],
  byId: new Map([
    ['a', { title: 'A', tags: ['x'] }],
    ['b', { title: 'B', tags: [] }],
  ]),
  settings: { theme: 'dark' },
})

describe('reading', () => {
  test('get() returns what is at a path, and undefined where nothing is', () => {
    const document = open(state())
    expect(document.get(['byId', 'a', 'title'])).toBe('A')
    expect(document.get(['order', 1])).toBe('b')
    for (const path of [['no'], ['order', 2], ['order', '0'], ['order', 'length'], ['byId', 'c', 'title'], [1]]) {
      expect(document.get(path)).toBeUndefined()
    }
    expect(document.get(['settings', 'theme', 'length'])).toBeUndefined()
    expect(document.get(['toString'])).toBeUndefined()
  })

  test('a member of a Set is at its own key', () => {
    const document = open(new Set(['a', 1]))
    expect(document.get(['a'])).toBe('a')
    expect(document.get(['b'])).toBeUndefined()
  })

  test('returns the same reference as long as nothing in it changed', () => {
    const document = open(state())
    const before = document.get([]) as State
    expect(document.get([])).toBe(before)
    update<State>(document, (draft) => (draft.settings.theme = 'light'))
    const after = document.get([]) as State
    expect(after).not.toBe(before)
    expect(after.settings).toEqual({ theme: 'light' })
    expect(before.settings).toEqual({ theme: 'dark' })
    expect(after.byId).toBe(before.byId)
    expect(document.get(['byId', 'a'])).toBe(before.byId.get('a'))
  })

  test('elements that shift keep their identity', () => {
    const document = open({ list: [{ id: 1 }, { id: 2 }, { id: 3 }] })
    const [, second, third] = document.get(['list']) as object[]
    update<{ list: object[] }>(document, (draft) => draft.list.shift())
    expect(document.get(['list', 0])).toBe(second)
    update<{ list: object[] }>(document, (draft) => draft.list.reverse())
    expect(document.get(['list', 0])).toBe(third)
  })

  test('reading in an update changes no reference', () => {
    const document = open(state())
    const before = document.get([])
    const ops = update<State>(document, (draft) => [...draft.byId.values()].map(({ tags }) => tags.length))
    expect(ops).toEqual([])
    expect(document.get([])).toBe(before)
  })

  test('at() is a path to be read and followed', () => {
    const document = open(state())
    const theme = document.at(['settings', 'theme'])
    const run = vi.fn<(value: unknown) => void>()
    theme.subscribe(run)
    document.notify(update<State>(document, (draft) => (draft.settings.theme = 'light')))
    expect(theme.get()).toBe('light')
    expect(run.mock.calls).toEqual([['dark'], ['light']])
  })
})

describe('update', () => {
  test('returns what the function returns, and the ops of what it did', () => {
    const { result, ops } = open({ a: 1 }).update((draft) => ((draft as { a: number }).a = 2))
    expect(result).toBe(2)
    expect(ops).toEqual([{ kind: 'set', path: ['a'], value: 2 }])
  })

  test('is undone where the function throws, order and references included', () => {
    const document = open({
      object: { a: 1, b: { c: 1 }, d: 1 },
      map: new Map([['a', { x: 1 }], ['b', { x: 2 }], ['c', { x: 3 }]]), // prettier-ignore
      set: new Set(['a', 'b', 'c']),
      list: [{ n: 3 }, { n: 1 }, { n: 2 }],
    })
    interface All {
      object: Record<string, unknown>
      map: Map<string, { x: number }>
      set: Set<string>
      list: { n: number }[]
      copy?: unknown
    }
    const error = new Error('half-way')
    const before = document.get([])
    expect(() =>
      document.update((untyped) => {
        const draft = untyped as All
        delete draft.object['a']
        draft.object['a'] = 2
        draft.object['b'] = { c: 2 }
        draft.object['e'] = 1
        draft.map.get('b')!.x = 5
        draft.map.delete('a')
        draft.map.set('a', { x: 9 })
        draft.map.get('a')!.x = 10
        draft.copy = draft.map
        draft.map.clear()
        draft.set.delete('b')
        draft.set.add('b').add('z')
        draft.copy = draft
        draft.list.sort((a, b) => a.n - b.n)
        draft.list.splice(1, 1, { n: 7 }, { n: 8 })
        draft.list.length = 1
        draft.list[0]!.n = 100
        throw error
      }),
    ).toThrow(error)
    expect(document.get([])).toBe(before)
    same(document.live, before)
  })

  test('is undone though its drafts were copied half-way, and though nobody had read the state before', () => {
    const document = open({ a: { n: 1 }, b: 0 as unknown })
    update<{ a: { n: number } }>(document, (draft) => (draft.a.n = 2))
    document.update((draft) => ((draft as { a: { n: number } }).a.n = 3))
    expect(() =>
      document.update((untyped) => {
        const draft = untyped as { a: { n: number }; b: unknown }
        draft.a.n = 4
        draft.b = [draft.a, draft]
        throw new Error('half-way')
      }),
    ).toThrow('half-way')
    same(document.get([]), { a: { n: 3 }, b: 0 })
  })

  test('in an update, neither the state nor another update can be reached', () => {
    const document = open({ a: 1 })
    for (const run of [
      () => document.update(() => 0),
      () => document.apply([]),
      () => document.replace(copyState({})),
      () => document.get([]),
      () => document.live,
      () => document.subscribe([], () => undefined),
    ]) {
      expect(refuses(document, 'bad-update', () => document.update(run)).path).toBeUndefined()
    }
    expect(document.update(() => 1).result).toBe(1)
  })

  test('an async function is refused, and what it does later has no effect', async () => {
    const document = open({ a: 1 })
    let later: unknown
    refuses(document, 'bad-update', () =>
      document.update(async (draft) => {
        ;(draft as { a: number }).a = 2
        await Promise.resolve()
        later = thrown(() => ((draft as { a: number }).a = 3)).code
        throw new Error('which must not become an unhandled rejection')
      }),
    )
    await new Promise((resolve) => setImmediate(resolve))
    expect(later).toBe('closed')
    expect(document.get(['a'])).toBe(1)
  })
})

describe('replace', () => {
  test('makes the state deep-equal; what is equal keeps its identity', () => {
    const document = open(state())
    const before = document.get([]) as State
    const next = { ...state(), settings: { theme: 'dark', size: 12 } }
    expect(document.replace(copyState(next))).toEqual([{ kind: 'set', path: ['settings', 'size'], value: 12 }])
    same(document.get([]), next)
    expect(document.get(['byId'])).toBe(before.byId)
    expect(document.replace(copyState(next))).toEqual([])
  })

  test('by another sort of state', () => {
    const document = open({ a: 1 })
    document.replace(copyState([1, 2]))
    same(document.get([]), [1, 2])
    update<number[]>(document, (draft) => draft.push(3))
    same(document.get([]), [1, 2, 3])
  })
})

test('the whole state is a container of storable values', () => {
  for (const value of [1, undefined, 'text', new Date(), new Uint8Array(1)]) {
    expect(thrown(() => copyState(value))).toMatchObject({ code: 'not-storable', path: [] })
  }
  expect(thrown(() => copyState({ a: [() => 0] }))).toMatchObject({ code: 'not-storable', path: ['a', 0] })
})

test('a state that was parsed is taken as it is, checked', () => {
  const onError = () => undefined
  expect(thrown(() => new Document(JSON.parse('{"a":{"__proto__":1}}') as Record<string, unknown>, onError)).code).toBe(
    'reserved-key',
  )
  const parsed = { list: [1], bytes: new Uint8Array([1]) }
  const document = new Document(parsed, onError)
  update<typeof parsed>(document, (draft) => draft.list.push(2))
  expect(parsed.list).toEqual([1])
})
