import { describe, expect, test } from 'vitest'
import { framesDown, outcome, testSource, type TestSource } from '../../test/fixtures/tabs.ts'
import { serveConnection } from '../protocol/serve.ts'
import { hello, upFrameText } from '../protocol/wire.ts'
import { memoryLink, type Link } from '../testing/link.ts'

const retitle = ({ source }: TestSource, title: string): void =>
  source.update((draft) => void (draft.byId.get('a')!.title = title))

describe('credit', () => {
  test('a window that has stopped costs one frame, and gets the rest as one when it goes on', async () => {
    const test = testSource()
    const { replica, link } = test.open()
    await test.clock.advance(100)
    link.pause()
    for (let change = 0; change < 10_000; change++) {
      retitle(test, `${change}`)
      test.source.append(['byId', 'b', 'response'], 'x')
      await test.clock.advance(1)
    }
    link.resume()
    await test.clock.advance(1000)
    expect(framesDown(link)).toHaveLength(3)
    expect(replica.get()).toEqual(test.source.get())
  })

  test('an acknowledgement of anything but the last frame is none', async () => {
    const test = testSource()
    const { link, session } = rawSession(test)
    await test.clock.advance(100)
    retitle(test, 'one')
    await test.clock.advance(100)
    session(['a', 5])
    session(['a', 1])
    await test.clock.advance(100)
    expect(framesDown(link)).toHaveLength(1)
    session(['a', 0])
    await test.clock.advance(100)
    expect(framesDown(link)).toHaveLength(2)
    session(['a', 0])
    retitle(test, 'two')
    await test.clock.advance(100)
    expect(framesDown(link)).toHaveLength(2)
  })
})

describe('what the peer may ask for', () => {
  test.each([
    ['twice', [1, 1, 2], 1],
    ['out of order', [2, 1], 0],
    ['with one missing', [1, 3], 1],
  ])('calls that come %s end the session, and do not run', async (_, ids, runs) => {
    const test = testSource()
    const { link, session } = rawSession(test)
    for (const id of ids) session(['call', id, 'rename', { id: 'a', title: 'new' }])
    await test.clock.advance(100)
    expect(framesDown(link, 'refused')).toMatchObject([{ error: { code: 'bad-frame' } }])
    expect(test.runs.rename).toBe(runs)
  })

  test('more commands at once than allowed fail, one by one', async () => {
    const test = testSource()
    const { link, session } = rawSession(test, { calls: 2 })
    for (const id of [1, 2, 3]) session(['call', id, 'wait'])
    await test.clock.advance(100)
    expect(framesDown(link, 'failure')).toMatchObject([{ id: 3, error: { code: 'too-many' } }])
    test.finish()
    await test.clock.advance(100)
    session(['call', 4, 'wait'])
    await test.clock.advance(100)
    expect(framesDown(link, 'failure')).toHaveLength(1)
    expect(test.runs.wait).toBe(3)
  })

  test('readers beyond the limit get their text less often, and the session goes on', async () => {
    const test = testSource()
    const { link, session } = rawSession(test, { watches: 2 })
    for (const frame of ['w', 'u', 'w']) session([frame, ['a']])
    for (const path of ['b', 'c', 'd']) session(['w', [path]])
    for (const path of ['d', 'c', 'b']) session(['u', [path]])
    await test.clock.advance(100)
    expect(framesDown(link, 'refused')).toHaveLength(0)
    session(['u', ['c']])
    await test.clock.advance(100)
    expect(framesDown(link, 'refused')).toMatchObject([{ error: { code: 'bad-frame' } }])
  })

  test.each([
    [
      'a reader that comes twice',
      [
        ['w', ['a']],
        ['w', ['a']],
      ],
    ],
    [
      'a reader that goes before it comes',
      [
        ['u', ['a']],
        ['w', ['a']],
      ],
    ],
    [
      'a reader that goes twice',
      [
        ['w', ['a']],
        ['u', ['a']],
        ['u', ['a']],
      ],
    ],
  ])('%s: frames were doubled or reordered, so the session ends', async (_, frames) => {
    const test = testSource()
    const { link, session } = rawSession(test)
    frames.forEach(session)
    await test.clock.advance(100)
    expect(framesDown(link, 'refused')).toMatchObject([{ error: { code: 'bad-frame' } }])
  })

  test('a call that is too large fails alone, and the next one is in order', async () => {
    const test = testSource()
    const { replica, errors } = test.open({ limits: { frameLength: 1000 } })
    const [large, small] = ['x'.repeat(2000), 'small'].map((title) => outcome(replica.call.rename({ id: 'a', title })))
    await test.clock.advance(100)
    expect([large?.value, small?.value]).toEqual(['too-large', 'small'])
    expect(errors).toEqual([])
    expect(test.runs.rename).toBe(1)
  })

  test('what comes after the end of a session has no effect', async () => {
    const test = testSource()
    const { link, session } = rawSession(test)
    session(['call', 1, 'wait'])
    await test.clock.advance(100)
    session(['bye'])
    session(['call', 2, 'rename', { id: 'a', title: 'new' }])
    await test.clock.advance(100)
    test.finish()
    retitle(test, 'changed')
    await test.clock.advance(1000)
    expect(framesDown(link)).toHaveLength(1)
    expect(test.runs.rename).toBe(0)
  })
})

/** A session of a peer that is no replica: `session(fields)` sends a frame. */
function rawSession(
  { source, clock }: TestSource,
  limits = {},
): { link: Link; session: (fields: readonly unknown[]) => void } {
  const link = memoryLink(clock)
  serveConnection([source], link.server, { transport: 'memory', origin: '' }, limits)
  const session = (fields: readonly unknown[]): void => link.client.send(JSON.stringify([1, ...fields]))
  link.client.send(upFrameText(hello(1, 'tabs', undefined)))
  return { link, session }
}
