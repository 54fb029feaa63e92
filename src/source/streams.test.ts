import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defineStore } from '../definition.ts'
import { createSource, type Writer } from './index.ts'
import { Streams, type Append } from './streams.ts'

interface Texts {
  a: string
  deep: { b?: string | undefined }
  count: number
}

const definition = defineStore<Texts>('texts', { state: () => ({ a: '', deep: { b: '' }, count: 0 }) })

test('whatever looks at a source, and whenever, it sees each piece in its place', () => {
  const text = fc.constantFrom<'a' | 'b'>('a', 'b')
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.tuple(fc.constant('write' as const), text, fc.nat(1), fc.string({ maxLength: 3 })) },
    ...(['append', 'read', 'follow', 'unfollow', 'replace', 'remove', 'revision', 'count', 'whole'] as const).map(
      (kind) => fc.tuple(fc.constant(kind), text, fc.nat(1), fc.string({ maxLength: 3 })),
    ),
  )
  const property = fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
    const source = createSource(definition)
    const paths = { a: ['a'], b: ['deep', 'b'] } as const
    const model: Record<'a' | 'b', string | undefined> & { revision: number; count: number } = {
      a: '',
      b: '',
      revision: 0,
      count: 0,
    }
    const writers = { a: [0, 1].map(() => source.writer('a')), b: [0, 1].map(() => source.writer('deep', 'b')) }
    const told: unknown[] = []
    let unfollow = (): void => undefined
    let following = false
    let expected = 0
    const committed = (): void => {
      model.revision++
      if (following) expected++
    }
    for (const [kind, of, which, piece] of steps) {
      const append = (run: () => void): void => {
        const before = model[of]
        if (kind === 'write' && piece === '') return run()
        if (before === undefined) return expect(run).toThrow('cannot be changed like this')
        run()
        if (piece === '') return
        model[of] = before + piece
        committed()
      }
      if (kind === 'write') append(() => (writers[of][which] as Writer).append(piece))
      if (kind === 'append') append(() => source.append(paths[of] as never, piece))
      if (kind === 'read') expect(source.at(...(paths[of] as ['a'])).get()).toBe(model[of])
      if (kind === 'whole') expect(source.get()).toMatchObject({ a: model.a, count: model.count })
      if (kind === 'revision') expect(source.revision).toBe(model.revision)
      if (kind === 'count') {
        source.update((draft) => draft.count++)
        model.count++
        committed()
      }
      if (kind === 'follow' && !following) {
        unfollow = source.subscribe((state) => told.push(state))
        following = true
        expected++
      }
      if (kind === 'unfollow') {
        unfollow()
        following = false
      }
      if (kind === 'replace' || (kind === 'remove' && of === 'b')) {
        const next = kind === 'remove' ? undefined : `${piece}!`
        source.update((draft) => {
          if (of === 'a') draft.a = next as string
          else draft.deep.b = next
        })
        if (model[of] !== next) committed()
        model[of] = next
      }
      expect(told).toHaveLength(expected)
    }
    expect([source.at('a').get(), source.at('deep', 'b').get()]).toEqual([model.a, model.b])
    expect(source.revision).toBe(model.revision)
  })
  fc.assert(property, { numRuns: 2000 })
})

test('a writer of a source that was closed says so, and what it had written is there', () => {
  const source = createSource(definition)
  const writer = source.writer('a')
  writer.append('one ')
  writer.append('two')
  source.close()
  expect(() => writer.append('three')).toThrow('was closed')
  expect(source.get().a).toBe('one two')
})

describe('pieces', () => {
  function setUp() {
    const log: (Append | string)[] = []
    let now = 0
    const host = {
      isFollowed: false,
      now: () => ++now,
      append: (_path: readonly unknown[], piece: string) => log.push(piece),
      checkText() {},
      announce: ({ chunk }: Append) => log.push(`announced ${chunk}`),
      settled: ({ path, chunk }: Append, pieces: number, at: number) =>
        log.push(`${path.join('.')}: ${chunk.length} in ${pieces}, at ${at}`),
      streamsChanged: (ended: boolean) => log.push(ended ? 'ended' : 'opened'),
    }
    return { log, host, streams: new Streams(host) }
  }

  test('are one op for whoever looks, and the first of them is announced', () => {
    const { log, streams } = setUp()
    const [a, b] = [streams.open(['a']), streams.open(['b'])]
    log.length = 0
    for (const piece of ['1', '2', '3']) for (const writer of [a, b]) writer.append(piece)
    streams.settle()
    streams.settle()
    a.append('4')
    expect(log).toEqual(['announced 1', 'announced 1', 'b: 3 in 3, at 2', 'a: 3 in 3, at 1', 'announced 4'])
  })

  test('of one text are settled whatever happens to another', () => {
    const { log, host, streams } = setUp()
    const settled = host.settled
    host.settled = (op, ...rest) => {
      if (op.path[0] === 'b') throw new RangeError('Invalid string length')
      return settled(op, ...rest)
    }
    const [a, b] = [streams.open(['a']), streams.open(['b'])]
    a.append('1')
    b.append('2')
    log.length = 0
    expect(() => streams.settle()).toThrow('Invalid string length')
    streams.settle()
    expect(log).toEqual(['a: 1 in 1, at 1'])
  })

  test('are settled without anybody looking when they have grown long', () => {
    const { log, streams } = setUp()
    const writer = streams.open(['a'])
    for (let piece = 0; piece < 10; piece++) writer.append('x'.repeat(1000))
    expect(log.slice(1)).toEqual(
      ['announced ', 'a: 5000 in 5, at 1', 'announced ', 'a: 5000 in 5, at 2'].map((line) =>
        line === 'announced ' ? line + 'x'.repeat(1000) : line,
      ),
    )
  })

  test('are commits of their own where somebody is to be told of each', () => {
    const { log, host, streams } = setUp()
    const writer = streams.open(['a'])
    host.isFollowed = true
    writer.append('1')
    writer.append('2')
    streams.settle()
    expect(log.slice(1)).toEqual(['1', '2'])
  })

  test('of one text are in order, whoever writes them', () => {
    const source = createSource(definition)
    const [first, second] = [source.writer('a'), source.writer('a')]
    for (const piece of ['a', 'c', 'e']) {
      first.append(piece)
      second.append(String.fromCharCode(piece.charCodeAt(0) + 1))
    }
    first.end()
    second.append('g')
    expect(source.get().a).toBe('abcdefg')
  })

  test('of one text are in order when one of its writers has ended, and another has come', () => {
    const source = createSource(definition)
    const [first, second] = [source.writer('a'), source.writer('a')]
    first.append('a')
    first.end()
    second.append('b')
    const third = source.writer('a')
    for (const [writer, piece] of [[third, 'c'], [second, 'd'], [third, 'e']] as const) writer.append(piece) // prettier-ignore
    expect(source.get().a).toBe('abcde')
  })

  test('belong to a stream until the last of its writers has ended', () => {
    const { log, streams } = setUp()
    const [first, second] = [streams.open(['a']), streams.open(['a'])]
    streams.open(['b'])
    first.end()
    expect(streams.paths).toEqual([['a'], ['b']])
    second.end()
    second.end()
    expect(streams.paths).toEqual([['b']])
    expect(log).toEqual(['opened', 'opened', 'opened', 'ended', 'ended'])
  })

  test('that are no text are refused', () => {
    const source = createSource(definition)
    const writer = source.writer('deep', 'b')
    writer.append('a')
    expect(() => writer.append(1 as never)).toThrow(
      expect.objectContaining({ code: 'not-storable', path: ['deep', 'b'] }),
    )
    expect(source.get().deep.b).toBe('a')
  })
})
