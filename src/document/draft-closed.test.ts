import { expect, test } from 'vitest'
import { open, refuses, update } from './test-support/document.ts'

test('a draft used after its update is an error', () => {
  const document = open({ object: { a: 1 }, list: [1], map: new Map([['a', 1]]), set: new Set(['a']) })
  interface Leaked {
    object: Record<string, number>
    list: number[]
    map: Map<string, number>
    set: Set<string>
  }
  const leaked = {} as Leaked
  let keys: Iterator<unknown> | undefined
  update<Leaked>(document, (draft) => {
    Object.assign(leaked, { object: draft.object, list: draft.list, map: draft.map, set: draft.set })
    keys = draft.map.keys()
  })
  const { object, list, map, set } = leaked
  for (const use of [
    () => object['a'],
    () => object['none'],
    () => 'a' in object,
    () => Object.keys(object),
    () => (object['a'] = 2),
    () => delete object['a'],
    () => ({ ...object }),
    () => list[0],
    () => list.length,
    () => list.push(1),
    () => (list[0] = 1),
    () => 0 in list,
    () => [...list],
    () => Object.keys(list),
    () => list.sort((a, b) => a - b),
    () => list.reverse(),
    () => (list.length = 0),
    () => map.get('a'),
    () => map.size,
    () => map.has('a'),
    () => map.set('a', 2),
    () => map.delete('a'),
    () => map.clear(),
    () => map.keys(),
    () => [...map],
    () => keys?.next(),
    () => set.has('a'),
    () => set.size,
    () => set.add('b'),
    () => set.delete('a'),
    () => set.clear(),
    () => [...set],
    () => document.update((draft) => ((draft as Leaked).object = object)),
    () => document.update((draft) => ((draft as Leaked).map = map)),
  ]) /* prettier-ignore */ {
    expect(refuses(document, 'closed', use).message).toContain('after its update')
  }
})
