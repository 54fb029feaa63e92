import { describe, expect, test, vi } from 'vitest'
import { copyState, Document } from './document.ts'
import { Listeners, type Listener } from './listeners.ts'
import type { Op, Path } from './types.ts'

type Any = any // oxlint-disable-line typescript/no-explicit-any

function setUp(state: object) {
  const onError = vi.fn<(error: unknown) => void>()
  const document = new Document(copyState(state), onError)
  const change = (fn: (draft: Any) => unknown): Op[] => {
    const { ops } = document.update((draft) => {
      fn(draft)
    })
    document.notify(ops)
    return ops
  }
  /** Counts how often the listener at a path is told, but for the first time. */
  const listen = (...path: Path) => {
    const told: unknown[] = []
    const end = document.subscribe(path, (value) => told.push(value))
    told.length = 0
    return { told, end }
  }
  return { document, onError, change, listen }
}

const state = () => ({
  a: { x: 1, y: 1, deep: { er: 1 } },
  b: { x: 1 },
  list: [{ n: 0 }, { n: 1 }, { n: 2 }, { n: 3 }],
  map: new Map<unknown, unknown>([[1, { n: 1 }], ['1', { n: 1 }]]), // prettier-ignore
  set: new Set(['m']),
})

describe('listeners', () => {
  test('are told at once, and then when what they listen to has changed', () => {
    const { document, change } = setUp(state())
    const run = vi.fn<(value: unknown) => void>()
    document.subscribe(['a', 'x'], run)
    expect(run.mock.calls).toEqual([[1]])
    change((draft) => (draft.a.x = 2))
    expect(run.mock.calls).toEqual([[1], [2]])
  })

  test('on the way, at the path and below it, and no others', () => {
    const { change, listen } = setUp(state())
    const [root, a, x, y, deep, b] = [listen(), listen('a'), listen('a', 'x'), listen('a', 'y'), listen('a', 'deep', 'er'), listen('b')] // prettier-ignore
    change((draft) => (draft.a.x = 2))
    expect([root, a, x, y, deep, b].map(({ told }) => told.length)).toEqual([1, 1, 1, 0, 0, 0])
    change((draft) => (draft.a = { x: 5 }))
    expect([root, a, x, y, deep, b].map(({ told }) => told.length)).toEqual([2, 2, 2, 1, 1, 0])
    expect([x.told[1], y.told[0], deep.told[0]]).toEqual([5, undefined, undefined])
    change((draft) => delete draft.a)
    expect([root, a, x, y, deep, b].map(({ told }) => told.length)).toEqual([3, 3, 3, 1, 1, 0])
  })

  test('below a value that is replaced, only those whose value is another', () => {
    const { document, change, listen } = setUp(state())
    const [x, deep, other] = [listen('a', 'x'), listen('a', 'deep'), listen('a', 'y')]
    change((draft) => (draft.a = { ...draft.a, x: 9 }))
    expect([x, deep, other].map(({ told }) => told.length)).toEqual([1, 0, 0])
    const ops = document.replace(copyState({ ...state(), b: { x: 7 } }))
    document.notify(ops)
    expect([x, deep, other].map(({ told }) => told.length)).toEqual([2, 0, 0])
  })

  test('each once for a batch, whatever is in it', () => {
    const { change, listen, document } = setUp(state())
    const [root, x] = [listen(), listen('a', 'x')]
    change((draft) => {
      for (let n = 0; n < 5; n++) draft.a.x = n
      draft.b.x = 2
      draft.a.x = 1
    })
    expect([root.told.length, x.told.length]).toEqual([1, 0])
    document.notify([])
    expect(root.told).toHaveLength(1)
  })

  test('of one among a thousand, one is run', () => {
    const { change, listen } = setUp(new Map(Array.from({ length: 1000 }, (_, n) => [n, { n }])))
    const all = Array.from({ length: 1000 }, (_, n) => listen(n))
    change((draft) => (draft.get(500).n = 0))
    expect(all.filter(({ told }) => told.length > 0)).toEqual([all[500]])
  })

  test('of elements, those that are others now', () => {
    const { change, listen } = setUp(state())
    const all = [0, 1, 2, 3, 4].map((index) => listen('list', index))
    const whole = listen('list')
    const counts = () => all.map(({ told }) => told.splice(0).length)
    change((draft) => draft.list.splice(1, 1, { n: 9 }))
    expect(counts()).toEqual([0, 1, 0, 0, 0])
    change((draft) => draft.list.splice(2, 1))
    expect(counts()).toEqual([0, 0, 1, 1, 0])
    change((draft) => draft.list.push({ n: 3 }, { n: 4 }))
    expect(counts()).toEqual([0, 0, 0, 1, 1])
    change((draft) => draft.list.reverse())
    expect(counts()).toEqual([1, 1, 0, 1, 1])
    expect(whole.told).toHaveLength(4)
  })

  test('of a Map tell keys of different types apart, and of a Set members', () => {
    const { change, listen } = setUp(state())
    const [one, text, member] = [listen('map', 1, 'n'), listen('map', '1', 'n'), listen('set', 'm')]
    change((draft) => (draft.map.get('1').n = 2))
    change((draft) => draft.set.delete('m'))
    expect([one.told, text.told, member.told]).toEqual([[], [2], [undefined]])
  })

  test('that have ended hear nothing, and leave nothing', () => {
    const { change, listen } = setUp(state())
    const [one, other, above] = [listen('a', 'x'), listen('a', 'x'), listen('a')]
    one.end()
    change((draft) => (draft.a.x = 2))
    one.end()
    other.end()
    other.end()
    change((draft) => (draft.a.x = 3))
    above.end()
    above.end()
    expect([one.told, other.told, above.told.length]).toEqual([[], [2], 2])
    const again = listen('a', 'x')
    change((draft) => (draft.a.x = 4))
    expect(again.told).toEqual([4])
  })

  test('an end that is called twice does not end another one', () => {
    const { document, change } = setUp(state())
    const run = vi.fn<(value: unknown) => void>()
    const end = document.subscribe(['a', 'x'], run)
    end()
    document.subscribe(['a', 'x'], run)
    end()
    change((draft) => (draft.a.x = 2))
    expect(run).toHaveBeenCalledTimes(3)
  })

  test('one that throws does not stop the others', () => {
    const { document, onError, change, listen } = setUp(state())
    const error = new Error('in a listener')
    document.subscribe(['a'], () => {
      throw error
    })
    const other = listen('a')
    change((draft) => (draft.a.x = 2))
    expect(onError.mock.calls).toEqual([[error], [error]])
    expect(other.told).toHaveLength(1)
  })

  test('go on after somebody whom even onError could not stop', () => {
    const { document, onError, change } = setUp(state())
    let armed = false
    document.subscribe(['a'], () => {
      if (armed) throw new Error('first')
    })
    onError.mockImplementation(() => {
      throw new Error('second')
    })
    armed = true
    expect(() => change((draft) => (draft.a.x = 2))).toThrow('second')
    armed = false
    const run = vi.fn<(value: unknown) => void>()
    document.subscribe(['a', 'x'], run)
    change((draft) => (draft.a.x = 3))
    expect(run.mock.calls).toEqual([[2], [3]])
  })
})

describe('what was added to a text', () => {
  const follow = (document: Document, ...path: Path) => {
    const told: [value: unknown, added: string | undefined][] = []
    document.follow(path, (value, added) => told.push([value, added]))
    told.length = 0
    return told
  }
  const append = (chunk: string, ...path: Path): Op => ({ kind: 'append', path, chunk })
  const set = (value: unknown, ...path: Path): Op => ({ kind: 'set', path, value })
  const apply = (document: Document, ...ops: Op[]): void => {
    document.apply(ops)
    document.notify(ops)
  }

  test('is given where it is all that has happened', () => {
    const { document } = setUp({ text: 'a', list: ['x', 'yy'] })
    const [told, element, whole] = [follow(document, 'text'), follow(document, 'list', 0), follow(document)]
    apply(document, append('b', 'text'))
    apply(document, set('', 'text'))
    apply(document, append('c', 'text'))
    apply(document, append('d', 'text'), append('e', 'text'))
    apply(document, append('f', 'text'), set('g', 'text'))
    apply(document, set('h', 'text'), append('i', 'text'))
    expect(told).toEqual([
      ['ab', 'b'],
      ['', undefined],
      ['c', 'c'],
      ['cde', undefined],
      ['g', undefined],
      ['hi', undefined],
    ])
    // The element that comes to its place is as long as what was there would be.
    apply(document, append('z', 'list', 0), { kind: 'splice', path: ['list'], index: 0, remove: 1, items: [] })
    expect(element).toEqual([['yy', undefined]])
    expect(whole).toHaveLength(7)
    expect(whole.every(([, added]) => added === undefined)).toBe(true)
  })

  test('is not given where a listener has added more meanwhile, of which the value has a part already', () => {
    const { document } = setUp({ text: 'a' })
    document.follow(['text'], (value) => {
      if (value === 'ab') apply(document, append('c', 'text'))
    })
    const told = follow(document, 'text')
    apply(document, append('b', 'text'))
    apply(document, append('d', 'text'))
    expect(told).toEqual([
      ['abc', undefined],
      ['abcd', 'd'],
    ])
  })
})

describe('in a listener', () => {
  test('another can be ended, before it is its turn', () => {
    const { document, change, listen } = setUp(state())
    let end = () => undefined as void
    document.subscribe(['a'], () => {
      end()
    })
    const other = listen('a')
    end = other.end
    change((draft) => (draft.a.x = 2))
    expect(other.told).toEqual([])
  })

  test('another can be added, and is told once', () => {
    const { document, change } = setUp(state())
    const run = vi.fn<(value: unknown) => void>()
    let added = false
    document.subscribe(['a', 'x'], (value) => {
      if (value === 2 && !added) {
        added = true
        document.subscribe(['a', 'x'], run)
      }
    })
    change((draft) => (draft.a.x = 2))
    expect(run.mock.calls).toEqual([[2]])
    change((draft) => (draft.a.x = 3))
    expect(run.mock.calls).toEqual([[2], [3]])
  })

  test('the state can be changed: that is told after what is being told', () => {
    const { document, change } = setUp(state())
    const log: string[] = []
    document.subscribe(['a', 'x'], (value) => {
      log.push(`first x=${String(value)}`)
      if (value === 2) change((draft) => (draft.b.x = 5))
      log.push('first ends')
    })
    document.subscribe(['b', 'x'], (value) => log.push(`b=${String(value)}`))
    document.subscribe(['a'], (value) => log.push(`second x=${(value as { x: number }).x}`))
    log.length = 0
    change((draft) => (draft.a.x = 2))
    expect(log.toSorted()).toEqual(['b=5', 'first ends', 'first x=2', 'second x=2'])
    expect(log.indexOf('b=5')).toBe(3)
  })

  test('what it listens to can be changed, until it is content', () => {
    const { document, change } = setUp(state())
    const told: unknown[] = []
    document.subscribe(['a', 'x'], (value) => {
      told.push(value)
      if ((value as number) < 5) change((draft) => draft.a.x++)
    })
    expect(told).toEqual([1, 2, 3, 4, 5])
  })
})

test('who subscribes inside an update is refused, and listens to nothing', () => {
  const { document, change } = setUp(state())
  let told = 0
  change(() => {
    expect(() => document.subscribe(['a'], () => told++)).toThrow(expect.objectContaining({ code: 'bad-update' }))
  })
  change((draft) => draft.a.x++)
  expect(told).toBe(0)
})

describe('who is concerned', () => {
  const listener = (...path: Path): Listener => ({
    path,
    value: 0,
    read: (value) => value,
    run: () => undefined,
    added: undefined,
    state: 'idle',
  })
  const at = [listener(), listener('l'), listener('l', 0), listener('l', 1), listener('l', 2, 'x'), listener('l', 3)]
  const listeners = new Listeners()
  for (const each of at) listeners.add(each)
  const splice = (index: number, remove: number, ...items: unknown[]): Op => ({
    kind: 'splice',
    path: ['l'],
    index,
    remove,
    items,
  })

  test.each<[string, Op[], number[]]>([
    ['by an element', [{ kind: 'set', path: ['l', 1], value: 0 }], [0, 1, 3]],
    ['by what is in an element', [{ kind: 'set', path: ['l', 2, 'x', 'y'], value: 0 }], [0, 1, 4]],
    ['by a splice of as many', [splice(1, 1, 5)], [0, 1, 3]],
    ['by a splice of as many, of two', [splice(1, 2, 5, 6)], [0, 1, 3, 4]],
    ['by a splice of fewer', [splice(1, 1)], [0, 1, 3, 4, 5]],
    ['by a push', [splice(3, 0, 7)], [0, 1, 5]],
    [
      'by several ops, once',
      [splice(1, 1, 5), splice(1, 1, 6), { kind: 'append', path: ['l', 1], chunk: '' }],
      [0, 1, 3],
    ],
    ['elsewhere', [{ kind: 'delete', path: ['other', 'l'] }], [0]],
  ])('%s', (_name, ops, expected) => {
    // Twice: whoever was concerned once can be so again.
    for (let round = 0; round < 2; round++) {
      const concerned = listeners.concerned(ops).map((each) => at.indexOf(each))
      expect(concerned.toSorted((a, b) => a - b)).toEqual(expected)
    }
  })
})
