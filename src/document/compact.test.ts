import { describe, expect, test } from 'vitest'
import { compact } from './compact.ts'
import { compacted, type Any } from './test-support/compacted.ts'
import { open, same } from './test-support/document.ts'
import type { Op } from './types.ts'

describe('compact', () => {
  test('nothing', () => {
    expect(compact([])).toEqual([])
  })

  test('the last value that is set wins', () => {
    const ops = compacted({ a: 1, b: 1 }, (draft) => {
      for (let n = 0; n < 10; n++) {
        draft.a = n
        draft.b = -n
      }
    })
    expect(ops).toEqual([
      { kind: 'set', path: ['a'], value: 9 },
      { kind: 'set', path: ['b'], value: -9 },
    ])
  })

  test('in the place of the first, for the order of keys', () => {
    const ops = compacted({ a: 1 }, (draft) => {
      draft.x = 1
      draft.y = 1
      draft.x = 2
    })
    expect(ops.map(({ path }) => path[0])).toEqual(['x', 'y'])
  })

  test('a key that is deleted and set again comes last', () => {
    const ops = compacted({ a: 1, b: 1 }, (draft) => {
      draft.a = 2
      delete draft.a
      draft.c = 1
      draft.a = 3
      draft.a = 4
    })
    expect(ops.map(({ kind, path }) => [kind, path[0]])).toEqual([
      ['delete', 'a'],
      ['set', 'c'],
      ['set', 'a'],
    ])
  })

  test('a key that comes and goes leaves one deletion', () => {
    const ops = compacted({ m: new Map() }, ({ m }) => {
      for (let n = 0; n < 5; n++) {
        m.set('k', { n })
        m.get('k').n++
        m.delete('k')
      }
    })
    expect(ops).toEqual([{ kind: 'delete', path: ['m', 'k'] }])
  })

  test('what lies under a value that is replaced or deleted is dropped', () => {
    const ops = compacted({ a: { b: { c: 1, list: [1] } }, z: { y: 1 } }, (draft) => {
      draft.a.b.c = 2
      draft.a.b.list.push(2)
      draft.a.b.list[0] = 5
      draft.a.b.list.unshift(3)
      draft.a.b.list[0] = 6
      draft.z.y = 2
      draft.a = 'gone'
      delete draft.z
    })
    expect(ops.map(({ kind, path }) => [kind, ...path])).toEqual([
      ['set', 'a'],
      ['delete', 'z'],
    ])
  })

  test('all under the root, if that is replaced', () => {
    const follower = open({ a: { b: 1 } })
    const ops = compact([
      { kind: 'set', path: ['a', 'b'], value: 2 },
      { kind: 'set', path: [], value: { c: 1 } },
      { kind: 'set', path: ['c'], value: 2 },
    ])
    follower.apply(ops)
    same(follower.get([]), { c: 2 })
    expect(ops).toHaveLength(2)
  })

  test('what is written into a new value stays behind it', () => {
    const ops = compacted({ a: 1 }, (draft) => {
      draft.a = { n: 1 }
      draft.a.n = 2
      draft.a.m = 3
    })
    expect(ops).toHaveLength(3)
  })

  describe('texts', () => {
    test('that grow by += become one append', () => {
      const updates = Array.from({ length: 50 }, () => (draft: Any) => (draft.a.text += 'xy'))
      const ops = compacted({ a: { text: 'begin' } }, ...updates)
      expect(ops).toEqual([{ kind: 'append', path: ['a', 'text'], chunk: 'xy'.repeat(50) }])
    })

    test('appends merge, also with a text that was set', () => {
      const append = (chunk: string): Op => ({ kind: 'append', path: ['t'], chunk })
      expect(compact([append('a'), append('b')])).toEqual([append('ab')])
      const set: Op = { kind: 'set', path: ['t'], value: 'x' }
      expect(compact([set, append('a'), append('b')])).toEqual([{ ...set, value: 'xab' }])
      const grown: Op = { kind: 'set', path: ['t'], value: 'abc', previous: 'ab' }
      expect(compact([append('b'), grown, append('d')])).toEqual([append('bcd')])
      expect(compact([append('b'), { ...grown, value: 'xyz' }])).toEqual([{ kind: 'set', path: ['t'], value: 'xyz' }])
      expect(compact([append('b'), set])).toEqual([set])
      expect(compact([append('b'), { kind: 'set', path: ['t'], value: 7 }])).toEqual([
        { kind: 'set', path: ['t'], value: 7 },
      ])
    })

    test('that changed otherwise are set, without what they were', () => {
      const ops = compacted({ t: 'abc', u: 'abc', v: 'abc' }, (draft) => {
        draft.t = 'abXYZ'
        draft.u += 'd'
        draft.u = 'a'
        draft.v += 'd'
        draft.v = 'abc'
      })
      expect(ops).toEqual([
        { kind: 'set', path: ['t'], value: 'abXYZ' },
        { kind: 'set', path: ['u'], value: 'a' },
      ])
    })

    test('that were a text, no text, and a text again', () => {
      const ops = compacted({ t: 'a' }, (draft) => {
        draft.t += 'b'
        draft.t = 5
        draft.t = 'abc'
        draft.t += 'd'
      })
      expect(ops).toEqual([{ kind: 'append', path: ['t'], chunk: 'bcd' }])
    })

    test('in elements that shift', () => {
      compacted({ list: [{ t: 'a' }, { t: 'b' }] }, ({ list }) => {
        list[1].t += '1'
        list.shift()
        list[0].t += '2'
        list.push({ t: 'c' })
        list[0].t += '3'
        list.push({ t: 'd' })
        list[0].t += '4'
        list[1].t += '5'
        list.unshift({ t: 'e' })
        list[1].t += '6'
      })
    })
  })

  test('a Map that is cleared, and filled again', () => {
    const ops = compacted({ m: new Map([['a', { n: 1 }]]), s: new Set([1]) }, ({ m, s }) => {
      m.get('a').n = 2
      m.clear()
      m.set('a', { n: 3 })
      m.get('a').n = 4
      s.add(2)
      s.clear()
      s.add(3)
    })
    expect(ops.map(({ kind, path }) => [kind, ...path])).toEqual([
      ['set', 'm'],
      ['set', 'm', 'a'],
      ['set', 'm', 'a', 'n'],
      ['set', 's'],
      ['set', 's', 3],
    ])
  })

  test('keys of different types are different', () => {
    const ops = compacted({ m: new Map() }, ({ m }) => {
      for (const key of [1, '1', 1n, true, 'true', null, 'null', undefined]) m.set(key, key)
    })
    expect(ops).toHaveLength(8)
  })
})
