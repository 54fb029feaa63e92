import { describe, expect, test } from 'vitest'
import { ReplicaDocument } from './replica-document.ts'
import { same, thrown } from './test-support/document.ts'
import { deepCopy } from './test-support/plain.ts'

const state = () => ({
  a: { x: 1, deep: { list: [{ n: 1 }, { n: 2 }] } },
  map: new Map<string, unknown>([['k', { n: 1 }], ['l', 2]]), // prettier-ignore
  set: new Set(['m']),
  date: new Date(0),
  files: [{ bytes: new Uint8Array([1]) }, { bytes: new Uint8Array([2]) }],
})
type State = ReturnType<typeof state>

function open() {
  const document = new ReplicaDocument(state, (error) => {
    throw error
  })
  return { document, before: document.get([]) as State }
}

describe('install', () => {
  test('of an equal state changes no reference, and nobody is told', () => {
    const { document, before } = open()
    const told: unknown[] = []
    document.at([]).subscribe((value) => told.push(value))
    document.install(state())
    expect(document.get([])).toBe(before)
    expect(told).toHaveLength(1)
  })

  test('keeps what is equal, and tells of the rest', () => {
    const { document, before } = open()
    const told: string[] = []
    for (const path of [['a'], ['a', 'deep'], ['map', 'k'], ['map'], ['set'], ['date'], ['files', 0], ['files', 0, 'bytes'], ['files', 1]]) {
      document.at(path).subscribe(() => told.push(path.join('.')))
    } // prettier-ignore
    told.length = 0
    const next = state()
    next.a.x = 2
    next.map.set('l', 3)
    next.files[1]!.bytes = new Uint8Array([3])
    document.install(deepCopy(next))
    same(document.get([]), next)
    expect(told.toSorted()).toEqual(['a', 'files.1', 'map'])
    const after = document.get([]) as State
    expect(after.a.deep).toBe(before.a.deep)
    expect(after.map.get('k')).toBe(before.map.get('k'))
    expect(after.date).toBe(before.date)
    expect(after.files[0]).toBe(before.files[0])
    expect(document.get(['files', 0, 'bytes'])).toBe(before.files[0]!.bytes)
  })

  test('the order of keys makes a difference', () => {
    const { document, before } = open()
    const next = { ...state(), map: new Map([...state().map].toReversed()) }
    document.install(deepCopy(next))
    same(document.get([]), next)
    expect(document.get(['map', 'k'])).toBe(before.map.get('k'))
    document.install({ ...state(), set: new Set(['n']) })
    expect(document.get(['map'])).not.toBe(before.map)
    same(document.get(['set']), new Set(['n']))
  })

  test('of another sort of state', () => {
    const { document } = open()
    document.install([{ n: 1 }])
    same(document.get([]), [{ n: 1 }])
    document.apply([{ kind: 'splice', path: [], index: 1, remove: 0, items: [2] }])
    same(document.get([]), [{ n: 1 }, 2])
  })

  test('of what is no state is refused', () => {
    const { document, before } = open()
    expect(thrown(() => document.install(1)).code).toBe('bad-path')
    expect(thrown(() => document.install(JSON.parse('{"a":{"__proto__":1}}'))).code).toBe('reserved-key')
    expect(document.get([])).toBe(before)
  })

  test('after a reader has written to bytes, the state is what was installed', () => {
    const { document, before } = open()
    before.files[0]!.bytes[0] = 9
    document.install(state())
    same(document.live, state())
    same(document.get([]), state())
    document.install(state())
    ;(document.get(['files', 0, 'bytes']) as Uint8Array)[0] = 7
    same(document.live, state())
  })
})

test('ops of which one fails are taken back', () => {
  const { document, before } = open()
  const copy = deepCopy(before)
  const error = thrown(() => {
    document.apply([
      { kind: 'delete', path: ['map', 'k'] },
      { kind: 'delete', path: ['set', 'm'] },
      { kind: 'delete', path: ['a', 'deep'] },
      { kind: 'set', path: ['map', 'k'], value: 1 },
      { kind: 'splice', path: ['files'], index: 0, remove: 1, items: [] },
      { kind: 'append', path: ['date'], chunk: 'x' },
    ])
  })
  expect(error.code).toBe('bad-path')
  expect(document.get([])).toBe(before)
  expect(deepCopy(document.live)).toEqual(copy)
})
