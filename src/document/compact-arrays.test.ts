import { describe, expect, test } from 'vitest'
import { compacted, type Any } from './test-support/compacted.ts'

describe('compacting the changes of arrays', () => {
  test('pushes merge', () => {
    const updates = Array.from({ length: 20 }, (_, n) => (draft: Any) => draft.list.push(n))
    const ops = compacted({ list: [0] }, ...updates)
    expect(ops).toHaveLength(1)
  })

  test('pushes merge though elements before are changed', () => {
    const ops = compacted({ list: [{ n: 0 }] }, ({ list }) => {
      list.push({ n: 1 })
      list[0].n = 5
      list[1].n = 6
      list.push({ n: 2 })
      list[1] = { n: 7, m: 1 }
    })
    expect(ops.map(({ kind }) => kind)).toEqual(['splice', 'set', 'set', 'set'])
  })

  test('but not if an element behind has been changed', () => {
    compacted({ list: [1, 2, 3] }, ({ list }) => {
      list.unshift(0)
      list[3] = 9
      list.splice(1, 0, 5)
    })
    compacted({ list: [{ a: { n: 1 } }, { a: { n: 1 } }] }, ({ list }) => {
      list.unshift({ a: { n: 0 } })
      list[1].a.n = 9
      list.splice(1, 0, { a: { n: 5 } })
    })
  })

  test('a removal does not merge', () => {
    compacted({ list: [1, 2, 3] }, ({ list }) => {
      list.push(4)
      list.splice(3, 1)
      list.splice(3, 0, 5)
      list.splice(4, 1, 6)
    })
  })

  test('an index means another element after a splice', () => {
    const ops = compacted({ list: [1, 2, 3] }, ({ list }) => {
      list[0] = 10
      list.shift()
      list[0] = 20
      list[0] = 21
    })
    expect(ops).toHaveLength(3)
  })

  test('an array that is set has its pushes behind it', () => {
    compacted({ list: [1] }, (draft) => {
      draft.list = 'no array'
      draft.list = [1]
      draft.list.push(2)
      draft.list.push(3)
      draft.list = 5
      draft.list = [7]
      draft.list.push(8)
    })
  })

  test('what an array was before it is replaced is dropped, shifted or not', () => {
    const ops = compacted({ a: { list: [{ n: 1 }, { n: 2 }] } }, ({ a }) => {
      a.list[1].n = 5
      a.list.shift()
      a.list[0].n = 6
      a.list = null
    })
    expect(ops).toEqual([{ kind: 'set', path: ['a', 'list'], value: null }])
  })

  test('nested arrays that shift are dropped with what contains them', () => {
    const ops = compacted({ a: [[[1], [2]]] }, (draft) => {
      draft.a[0][1][0] = 5
      draft.a[0].shift()
      draft.a[0][0][0] = 6
      draft.a.unshift([])
      draft.a = null
    })
    expect(ops).toHaveLength(1)
  })
})
