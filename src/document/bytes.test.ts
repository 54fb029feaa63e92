import { beforeEach, describe, expect, test, vi } from 'vitest'
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

// Which says so: see outside-bytes.test.ts.
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}))

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

  test('read in an update are written to in place', () => {
    const document = open(state())
    const before = document.get([]) as State
    const ops = update<State>(document, (draft) => {
      expect(draft.bytes).toBe(draft.bytes)
      draft.bytes[0] = 9
      expect([...draft.bytes]).toEqual([9, 2])
      new Uint8Array(draft.box.buffer)[0] = 8
      draft.box.list[1]![0] = 7
      ;(draft.map.get('a') as Uint8Array)[0] = 0x6a
    })
    expect(ops).toEqual([
      { kind: 'set', path: ['bytes'], value: bytes(9, 2) },
      { kind: 'set', path: ['box', 'buffer'], value: bytes(8).buffer },
      { kind: 'set', path: ['box', 'list', 1], value: bytes(7) },
      { kind: 'set', path: ['map', 'a'], value: bytes(0x6a) },
    ])
    same(before, state())
    const follower = open(state())
    follower.apply(ops)
    same(follower.get([]), document.get([]))
    expect([...(document.get(['bytes']) as Uint8Array)]).toEqual([9, 2])
  })

  test('read in an update and not written to cost no op', () => {
    const document = open(state())
    const before = document.get([])
    expect(update<State>(document, (draft) => [draft.bytes[0], draft.box.list.map((each) => each[0])])).toEqual([])
    expect(document.get([])).toBe(before)
  })

  test('written to in an update follow where they are moved, and copies keep what was written before', () => {
    const document = open(state())
    const ops = update<State>(document, (draft) => {
      const { list } = draft.box
      const last = list[1]!
      last[0] = 50
      draft.map.set('copy', draft.box)
      last[0] = 51
      list.unshift(bytes(0))
      list.reverse()
      const gone = list.pop()!
      gone[0] = 99
      const replaced = draft.bytes
      draft.bytes = bytes(3)
      replaced[0] = 99
      const deleted = draft.map.get('a') as Uint8Array
      draft.map.delete('a')
      deleted[0] = 99
      const { other } = draft.map.get('copy') as State['box']
      other.n = 2
    })
    const box = { buffer: bytes(3).buffer, list: [bytes(51), bytes(4)], other: { n: 1 } }
    const copy = { buffer: bytes(3).buffer, list: [bytes(4), bytes(50)], other: { n: 2 } }
    same(document.get([]), { bytes: bytes(3), box, map: new Map([['copy', copy]]) })
    const follower = open(state())
    follower.apply(ops)
    same(follower.get([]), document.get([]))
    const compacted = open(state())
    compacted.apply(compact(ops))
    same(compacted.get([]), document.get([]))
  })

  test('written to in a part that was taken out are not published', () => {
    const document = open(state())
    const ops = update<State>(document, (draft) => {
      const { box } = draft
      draft.box = state().box
      box.list[0]![0] = 99
      draft.map.set('kept', box.list)
    })
    const expected = { ...state(), map: new Map([...state().map, ['kept', [bytes(99), bytes(5)]]]) }
    same(document.get([]), expected)
    const follower = open(state())
    follower.apply(ops)
    same(follower.get([]), expected)
  })

  test('that an update has given away are as they were', () => {
    const document = open(state())
    const transfer = (draft: State): void => void structuredClone(0, { transfer: [draft.bytes.buffer as ArrayBuffer] })
    expect(update<State>(document, transfer)).toEqual([])
    same(document.get([]), state())
  })

  test.each(['read before', 'never read'])('written to in an update that throws are as they were, %s', (when) => {
    const document = open(state())
    const before = when === 'read before' ? document.get([]) : undefined
    const fail = (draft: unknown): void => {
      ;(draft as State).bytes[0] = 9
      ;(draft as State).map.set('copy', (draft as State).box)
      throw new Error('x')
    }
    expect(() => document.update(fail)).toThrow('x')
    if (before !== undefined) expect(document.get([])).toBe(before)
    same(document.live, state())
    same(document.get([]), state())
  })

  test.each([false, true])('written to in an update that throws are as they were (read before: %s)', (isRead) => {
    const document = open(state())
    const before = isRead ? document.get(['box', 'buffer']) : undefined
    const fail = (draft: unknown): void => {
      new Uint8Array((draft as State).box.buffer)[0] = 9
      ;(draft as State).map.set('copy', (draft as State).box)
      throw new Error('x')
    }
    expect(() => document.update(fail)).toThrow('x')
    if (isRead) expect(document.get(['box', 'buffer'])).toBe(before)
    same(document.get([]), state())
  })

  test('written back where they were read are written to in place still', () => {
    const document = open(state())
    const ops = update<State>(document, (draft) => {
      const { bytes: lent } = draft
      lent[0] = 8
      draft.bytes = lent
      lent[1] = 9
    })
    expect(ops).toEqual([{ kind: 'set', path: ['bytes'], value: bytes(8, 9) }])
    same(document.get(['bytes']), bytes(8, 9))
    update<Partial<State>>(document, (draft) => (draft.bytes = undefined as never))
    same(document.get(['bytes']), undefined)
  })

  test('read in many parts that are moved are compared once a part, not once for all of each', () => {
    const list = Array.from({ length: 300 }, (_, n) => ({ hash: bytes(n % 7), n }))
    const document = open({ list })
    let compared = 0
    const every = vi.spyOn(Uint8Array.prototype, 'every').mockImplementation(function (this: Uint8Array, test) {
      compared++
      return Array.prototype.every.call(this, test as never)
    })
    document.update((untyped) => {
      const draft = untyped as { list: typeof list }
      draft.list.sort((a, b) => a.hash[0]! - b.hash[0]!)
      draft.list = draft.list.filter(({ hash }) => hash[0] !== 3)
    })
    every.mockRestore()
    expect(compared).toBeLessThan(3000)
    same(document.get(['list', 0]), { hash: bytes(0), n: 0 })
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

  test('given to the function of sort are written to in place, and sorted as they were', () => {
    const document = open({ list: [bytes(2), bytes(1)] })
    const seen: Uint8Array[] = []
    update<State['box']>(document, (draft) => {
      draft.list.sort((a, b) => {
        seen.push(a, b)
        return a[0]! - b[0]!
      })
      spoil(seen)
    })
    same(document.get([]), { list: [bytes(255), bytes(255)] })
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
