import { describe, expect, test } from 'vitest'
import { framesDown, framesUp, testSource, type Window } from '../../test/fixtures/tabs.ts'
import type { Source } from './types.ts'
import type { Tabs } from '../../test/fixtures/tabs.ts'
import { cellStart } from './pace.ts'

const path = ['byId', 'a', 'response'] as const

/** When the frames with state came, from `since` on. */
function times({ link }: Window, since = 0): number[] {
  return link.frames.filter(({ to, at }) => to === 'client' && at >= since).map(({ at }) => at)
}

const retitle = (source: Source<Tabs>, title: string): void =>
  source.update((draft) => {
    draft.byId.get('a')!.title = title
  })

describe('interval', () => {
  test('the first change goes at once, the others at the next beat, and the last one is not lost', async () => {
    const { source, clock, open } = testSource({ interval: 100 })
    const window = open()
    await clock.advance(1000)
    for (let change = 1; change <= 25; change++) {
      retitle(source, `title ${change}`)
      await clock.advance(10)
    }
    await clock.advance(1000)
    expect(times(window, 1)).toEqual([1000, 1100, 1200, 1300])
    expect(window.replica.at('byId', 'a', 'title').get()).toBe('title 25')
  })

  test('0 means the next macrotask', async () => {
    const { source, clock, open } = testSource({ interval: 0 })
    const window = open()
    await clock.advance(1000)
    retitle(source, 'one')
    retitle(source, 'two')
    await clock.advance(0)
    retitle(source, 'three')
    await clock.advance(0)
    expect(framesDown(window.link, 'commit')).toMatchObject([
      { from: 0, to: 2, ops: [{ kind: 'set', path: ['byId', 'a', 'title'], value: 'two' }] },
      { from: 2, to: 3, ops: [{ kind: 'set', path: ['byId', 'a', 'title'], value: 'three' }] },
    ])
    expect(times(window, 1)).toEqual([1000, 1000])
  })

  test('windows that are in step get the same frame at the same time', async () => {
    const { source, clock, open } = testSource({ interval: 100 })
    const early = open()
    await clock.advance(130)
    const late = open()
    await clock.advance(250)
    for (let change = 1; change <= 9; change++) {
      retitle(source, `title ${change}`)
      await clock.advance(50)
    }
    await clock.advance(1000)
    expect(times(late, 400)).toEqual(times(early, 400))
  })
})

describe('appendInterval', () => {
  test('appends without a reader wait for it; with a reader, for interval', async () => {
    const { source, clock, open } = testSource({ interval: 20, appendInterval: 500 })
    const [following, other] = [open(), open()]
    following.replica.reader(...path).follow(() => {})
    await clock.advance(1000)
    for (let chunk = 0; chunk < 100; chunk++) {
      source.append(path, 'x')
      await clock.advance(10)
    }
    await clock.advance(1000)
    expect(times(following, 1).length).toBe(51)
    expect(times(other, 1)).toEqual([1000, 1500, 2000])
    expect(other.replica.at(...path).get()).toBe('x'.repeat(100))
  })

  test('what is pending goes along with an ordinary commit, in order', async () => {
    const { source, clock, open } = testSource({ interval: 20, appendInterval: 500 })
    const window = open()
    await clock.advance(1000)
    source.append(path, 'a')
    await clock.advance(10)
    source.append(path, 'b')
    source.update((draft) => {
      draft.byId.get('a')!.status = 'done'
    })
    await clock.advance(20)
    expect(framesDown(window.link, 'commit').at(-1)).toMatchObject({
      from: 1,
      to: 3,
      ops: [
        { kind: 'append', path, chunk: 'b' },
        { kind: 'set', path: ['byId', 'a', 'status'], value: 'done' },
      ],
    })
  })

  test('a commit does not wait for the appends behind it', async () => {
    const { source, clock, open } = testSource({ interval: 20, appendInterval: 500 })
    const { replica } = open()
    await clock.advance(1000)
    retitle(source, 'one')
    await clock.advance(10)
    retitle(source, 'two')
    source.append(path, 'a')
    await clock.advance(20)
    expect(replica.at('byId', 'a').get()).toMatchObject({ title: 'two', response: 'a' })
  })

  test('a stream that ends sends what is pending, of whatever text; one that begins sends nothing', async () => {
    const { source, clock, open } = testSource({ interval: 20, appendInterval: 500 })
    const { replica } = open()
    await clock.advance(1000)
    source.append(path, 'a')
    await clock.advance(10)
    source.append(path, 'b')
    const writer = source.writer('byId', 'b', 'response')
    await clock.advance(100)
    expect(replica.at(...path).get()).toBe('a')
    writer.end()
    await clock.advance(0)
    expect(replica.at(...path).get()).toBe('ab')
  })

  test('a reader that comes gets what is pending at interval, and when it has gone appends are slow again', async () => {
    const { source, clock, open } = testSource({ interval: 20, appendInterval: 500 })
    const window = open()
    await clock.advance(1000)
    source.append(path, 'a')
    await clock.advance(100)
    source.append(path, 'b')
    const end = window.replica.reader(...path).follow(() => {})
    await clock.advance(20)
    expect(window.replica.at(...path).get()).toBe('ab')
    expect(framesUp(window.link, 'watch')).toMatchObject([{ path }])
    end()
    end()
    await clock.advance(0)
    expect(framesUp(window.link, 'unwatch')).toMatchObject([{ path }])
    source.append(path, 'c')
    await clock.advance(20)
    expect(window.replica.at(...path).get()).toBe('ab')
    await clock.advance(480)
    expect(window.replica.at(...path).get()).toBe('abc')
  })

  test('readers of one path are counted, and each that has ended counts once', async () => {
    const { source, clock, open } = testSource({ interval: 20, appendInterval: 500 })
    const window = open()
    const reader = window.replica.reader(...path)
    await clock.advance(1000)
    const [first, second] = [reader.subscribe(() => {}), reader.subscribe(() => {})]
    first()
    first()
    await clock.advance(1000)
    source.append(path, 'a')
    await clock.advance(20)
    source.append(path, 'b')
    await clock.advance(20)
    expect(window.replica.at(...path).get()).toBe('ab')
    second()
    await clock.advance(0)
    expect(framesUp(window.link, 'watch')).toHaveLength(1)
    expect(framesUp(window.link, 'unwatch')).toHaveLength(1)
  })
})

test('the clock may leap by a year, and timers may come too early or late', async () => {
  let leap = 0
  let early = 0
  const { clock } = testSource()
  const leaping = {
    ...clock,
    now: () => clock.now() + leap,
    schedule: (run: () => void, delay: number) => clock.schedule(run, delay > early ? delay - early : delay),
  }
  const { source, open } = testSource({ clock: leaping, interval: 16 })
  const window = open({ clock })
  await clock.advance(1000)
  retitle(source, 'one')
  await clock.advance(1)
  retitle(source, 'two')
  leap = 365 * 24 * 3600 * 1000
  await clock.advance(16)
  expect(window.replica.at('byId', 'a', 'title').get()).toBe('two')
  early = 3
  retitle(source, 'three')
  await clock.advance(0)
  retitle(source, 'four')
  await clock.advance(32)
  expect(window.replica.at('byId', 'a', 'title').get()).toBe('four')
})

test('cells of time', () => {
  expect(cellStart(37, 16)).toBe(32)
  expect(cellStart(37, 0)).toBe(37)
  expect(cellStart(Number.NEGATIVE_INFINITY, 16)).toBe(Number.NEGATIVE_INFINITY)
})

test('an infinite appendInterval: what nobody reads comes along with other changes only', async () => {
  const { source, clock, open } = testSource({ appendInterval: Number.POSITIVE_INFINITY })
  const { replica } = open()
  await clock.advance(1000)
  for (let n = 0; n < 20; n++) {
    source.append(path, 'x')
    await clock.advance(100_000)
  }
  expect(replica.at(...path).get()).toBe('')
  retitle(source, 'another')
  await clock.advance(100)
  expect(replica.at(...path).get()).toBe('x'.repeat(20))
  const end = replica.reader(...path).subscribe(() => {})
  source.append(path, 'y')
  await clock.advance(100)
  expect(replica.at(...path).get()).toBe(`${'x'.repeat(20)}y`)
  end()
})

test.each([
  { interval: -1 },
  { interval: Number.POSITIVE_INFINITY },
  { appendInterval: Number.NaN },
  { interval: {} as number },
])('a pace that is none is refused: %o', (options) => {
  expect(() => testSource(options)).toThrow(expect.objectContaining({ code: 'setup' }))
})
