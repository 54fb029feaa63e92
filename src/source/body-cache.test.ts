import { expect, test, vi } from 'vitest'
import type { Op } from '../document/types.ts'
import { snapshotBody } from '../protocol/wire.ts'
import { BodyCache } from './body-cache.ts'

const before = { a: { n: 1, list: [1] } }
const set = (key: string, value: unknown): Op => ({ kind: 'set', path: ['a', key], value })
const splice = (item: unknown): Op => ({ kind: 'splice', path: ['a', 'list'], index: 1, remove: 0, items: [item] })

test.each<[string, Op, unknown]>([
  ['nothing that needs a tag', set('n', 2), { a: { n: 2, list: [1] } }],
  ['what is taken away', { kind: 'delete', path: ['a', 'n'] }, { a: { list: [1] } }],
  ['a value that needs a tag', set('n', undefined), { a: { n: undefined, list: [1] } }],
  ['a key that needs a tag', set('~', 1), { a: { ...before.a, '~': 1 } }],
  ['a whole state that needs a tag', { kind: 'set', path: [], value: new Map() }, new Map()],
  ['an index', { kind: 'set', path: ['a', 'list', 0], value: 2 }, { a: { n: 1, list: [2] } }],
  ['an item that needs no tag', splice('x'), { a: { n: 1, list: [1, 'x'] } }],
  ['an item that needs a tag', splice(Number.NaN), { a: { n: 1, list: [1, Number.NaN] } }],
])('after a plain state, %s is sent as it is', (_, op, state) => {
  const bodies = new BodyCache()
  bodies.published([op])
  expect(bodies.snapshot('e', 1, before)).toStrictEqual(snapshotBody('e', 1, before))
  bodies.published([set('n', 1)])
  bodies.published([op])
  expect(bodies.snapshot('e', 2, state)).toStrictEqual(snapshotBody('e', 2, state))
  bodies.published([set('n', 3)])
  expect(bodies.snapshot('e', 3, state)).toStrictEqual(snapshotBody('e', 3, state))
  bodies.published([set('n', 3)])
  expect(bodies.snapshot('e', 4, before)).toStrictEqual(snapshotBody('e', 4, before))
})

test('after more changes than are remembered, the whole state is looked at instead', () => {
  const bodies = new BodyCache()
  bodies.snapshot('e', 0, before)
  const rich = [set('n', Number.NaN)]
  const every = vi.spyOn(rich, 'every')
  bodies.published(rich)
  for (let change = 0; change < 5000; change++) bodies.published([set('n', change)])
  const state = { a: { n: Number.NaN } }
  expect(bodies.snapshot('e', 1, state)).toStrictEqual(snapshotBody('e', 1, state))
  expect(every).not.toHaveBeenCalled()
})

test('what is encoded is shared by those in step, until something changes or all have sent', () => {
  const bodies = new BodyCache()
  const encoded: string[] = []
  const get = (since: number | undefined, name: string): unknown => bodies.get(since, () => (encoded.push(name), name))
  expect([get(1, 'alone'), get(1, 'and alone')]).toEqual(['alone', 'and alone'])
  bodies.shareDuring(() => {
    expect([get(1, 'a'), get(1, 'b'), get(2, 'c'), get(undefined, 'd')]).toEqual(['a', 'a', 'c', 'd'])
    bodies.published([set('n', 2)])
    expect(get(1, 'e')).toBe('e')
  })
  expect(get(1, 'later')).toBe('later')
  expect(encoded).toEqual(['alone', 'and alone', 'a', 'c', 'd', 'e', 'later'])
})
