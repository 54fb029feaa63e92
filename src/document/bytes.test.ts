import { describe, expect, test } from 'vitest'
import { compact } from './compact.ts'
import { copyState } from './document.ts'
import { open, same, update } from './test-support/document.ts'
import { deepCopy } from './test-support/plain.ts'

interface State {
  bytes: Uint8Array
  box: { buffer: ArrayBuffer; list: Uint8Array[]; other: { n: number } }
  map: Map<string, unknown>
}

const bytes = (...numbers: number[]): Uint8Array<ArrayBuffer> => new Uint8Array(numbers)
const state = (): State => ({
  bytes: bytes(1, 2),
  box: { buffer: bytes(3).buffer, list: [bytes(4), bytes(5)], other: { n: 1 } },
  map: new Map<string, unknown>([['a', bytes(6)]]),
})

/** Overwrites all bytes in a value. */
function spoil(value: unknown): void {
  if (value instanceof ArrayBuffer) new Uint8Array(value).fill(255)
  else if (ArrayBuffer.isView(value)) (value as Uint8Array).fill(255)
  else if (value instanceof Map) value.forEach(spoil)
  else if (typeof value === 'object' && value !== null) Object.values(value).forEach(spoil)
}

describe('bytes, which nobody can freeze', () => {
  test('written to after they were given, do not change the state or an op', () => {
    const initial = state()
    const document = open(initial)
    spoil(initial)
    same(document.get([]), state())
    const given = { ...state(), box: { ...state().box, list: [bytes(7)] } }
    const { ops } = document.update((untyped) => {
      const draft = untyped as State
      draft.box = given.box
      draft.bytes = given.bytes
      draft.map.set('b', given.map)
      draft.box.list.push(given.bytes)
      spoil(given)
    })
    const expected = { ...state(), box: { ...state().box, list: [bytes(7), bytes(1, 2)] } }
    expected.map.set('b', state().map)
    same(document.get([]), expected)
    const follower = open(state())
    follower.apply(ops)
    same(follower.get([]), expected)
  })

  test('written to after they were read, do not change the op that brought them', () => {
    const document = open(state())
    const { ops } = document.update((untyped) => {
      const draft = untyped as State
      draft.bytes = bytes(7)
      draft.box = { ...state().box, list: [bytes(8)] }
      draft.map.set('b', [bytes(9)])
      ;(draft.box.list as unknown[]).push(bytes(10), { in: bytes(11) })
    })
    const [live, sent] = [deepCopy(document.live), deepCopy(ops)]
    spoil(document.get([]))
    same(document.live, live)
    same(ops, sent)
  })

  test('read in an update are a copy', () => {
    const document = open(state())
    const ops = update<State>(document, (draft) => {
      spoil([draft.bytes, draft.box.buffer, ...draft.box.list, draft.map.get('a')])
      same(draft, state())
    })
    expect(ops).toEqual([])
  })

  test('a snapshot that was written to spoils neither the state nor what is sent of it', () => {
    const document = open(state())
    const follower = open(state())
    spoil(document.get([]))
    same(document.live, state())
    const { ops } = document.update((untyped) => {
      const draft = untyped as State
      draft.box.list.reverse()
      draft.map.set('box', draft.box)
      draft.map.set('again', [draft.map])
      draft.box.list.sort((a, b) => a[0]! - b[0]!)
    })
    follower.apply(ops)
    same(follower.live, document.live)
    const { map, box } = state()
    map.set('box', { ...box, list: [bytes(5), bytes(4)] })
    map.set('again', [new Map(map)])
    same(document.live, { ...state(), map })
    same(follower.get([]), document.live)
  })

  test('sort does not take in the copies that its function was given', () => {
    const document = open({ list: [bytes(2), bytes(1)] })
    const seen: Uint8Array[] = []
    update<State['box']>(document, (draft) => {
      draft.list.sort((a, b) => {
        seen.push(a, b)
        return a[0]! - b[0]!
      })
      spoil(seen)
    })
    same(document.get([]), { list: [bytes(1), bytes(2)] })
  })

  test('a snapshot that was written to does not deceive replace()', () => {
    const document = open(state())
    const next = deepCopy(state())
    next.bytes = bytes(255, 255)
    spoil(document.get([]))
    expect(document.replace(copyState(next))).toEqual([{ kind: 'set', path: ['bytes'], value: bytes(255, 255) }])
    same(document.live, next)
    expect(document.replace(copyState(next))).toEqual([])
  })

  test('in ops that were applied belong to the ops still', () => {
    const [document, one, other] = [open(state()), open(state()), open(state())]
    const { ops } = document.update((untyped) => {
      const draft = untyped as State
      draft.box = { ...state().box, list: [bytes(9)] }
      draft.box.list.push(bytes(8))
    })
    const copy = deepCopy(ops)
    one.apply(ops)
    update<State>(one, (draft) => {
      draft.box.list.push(bytes(7))
      draft.box.other.n = 2
    })
    spoil(one.get([]))
    same(ops, copy)
    other.apply(compact(ops))
    same(other.get([]), document.get([]))
    const replaced = document.replace(copyState({ ...state(), box: { list: [{ a: bytes(1) }] } }))
    const kept = deepCopy(replaced)
    update<{ box: { list: unknown[] } }>(document, (draft) => draft.box.list.push(1))
    same(replaced, kept)
  })

  test('are the same reference as long as they are the same', () => {
    const document = open(state())
    const [whole, part] = [document.get([]) as State, document.get(['bytes'])]
    expect(document.get(['bytes'])).toBe(part)
    expect(whole.bytes).toBe(part)
    update<State>(document, (draft) => (draft.box.other.n = 2))
    expect(document.get(['bytes'])).toBe(part)
    expect(document.get(['map'])).toBe(whole.map)
    update<State>(document, (draft) => (draft.bytes = bytes(1)))
    expect(document.get(['bytes'])).not.toBe(part)
    const told: unknown[] = []
    document.subscribe(['bytes'], (value) => told.push(value))
    document.notify([{ kind: 'set', path: [], value: 0 }])
    expect(told).toHaveLength(1)
  })

  test('survive an update that throws', () => {
    const document = open(state())
    const before = document.get([])
    expect(() =>
      document.update((untyped) => {
        const draft = untyped as State
        draft.box.list.pop()
        draft.bytes = bytes()
        draft.map.delete('a')
        draft.map.set('c', draft.box)
        throw new Error('x')
      }),
    ).toThrow('x')
    expect(document.get([])).toBe(before)
    same(document.live, state())
  })
})
