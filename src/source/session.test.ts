import { describe, expect, test } from 'vitest'
import { framesDown, outcome, testSource, type TestSource } from '../../test/fixtures/tabs.ts'
import type { Connection } from '../protocol/connection.ts'
import { serveConnection } from '../protocol/serve.ts'
import type { Report } from '../protocol/report.ts'
import { hello, upFrameText } from '../protocol/wire.ts'
import { memoryLink, type Link } from '../testing/link.ts'

const retitle = ({ source }: TestSource, title: string): void =>
  source.update((draft) => void (draft.byId.get('a')!.title = title))

describe('credit', () => {
  test('a window that has stopped costs a few short frames, and gets the rest as one when it goes on', async () => {
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
    expect(framesDown(link)).toHaveLength(10)
    expect(replica.get()).toEqual(test.source.get())
  })

  test('of eight short frames the last asks for an ack; so does a long one, and one a second', async () => {
    const test = testSource()
    const { link } = test.open()
    const change = async (title: string, delay = 20): Promise<void> => {
      retitle(test, title)
      await test.clock.advance(delay)
    }
    await test.clock.advance(20)
    for (let n = 0; n < 16; n++) await change(`${n}`)
    await change('long '.repeat(300))
    await change('short')
    await change('short again', 1000)
    await change('a second later', 600)
    await change('soon after that', 600)
    await change('a second later again')
    const asks = framesDown(link).map((frame) => ('asks' in frame && frame.asks ? 'a' : '.'))
    expect(asks.join('')).toBe('a.......a.......aa..a.a')
  })

  test('a whole state asks for an ack, however soon it comes', async () => {
    const test = testSource({ logLength: 4 })
    const { link } = test.open()
    await test.clock.advance(100)
    test.source.update((draft) => {
      for (let key = 0; key < 50; key++) draft.byId.set(`${key}`, { title: '', status: 'idle', response: '' })
    })
    await test.clock.advance(100)
    expect(framesDown(link)).toMatchObject([1, 2].map(() => ({ type: 'snapshot', asks: true })))
  })

  test('nothing is sent that a long frame would have to wait for', async () => {
    const test = testSource()
    const { link, session } = rawSession(test)
    await test.clock.advance(20)
    session(['a', 0])
    for (const title of ['short', 'long '.repeat(300), 'waits', 'waits too']) {
      retitle(test, title)
      await test.clock.advance(20)
    }
    expect(framesDown(link, 'commit').map(({ to }) => to)).toEqual([1, 2])
    session(['a', 2])
    await test.clock.advance(20)
    expect(framesDown(link, 'commit').map(({ to }) => to)).toEqual([1, 2, 4])
  })

  test('an acknowledgement of anything but the last frame is none', async () => {
    const test = testSource()
    const { link, session } = rawSession(test)
    await test.clock.advance(1000)
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

test('a connection that throws keeps nobody else waiting', async () => {
  const test = testSource()
  const broken = { isBroken: false }
  const { client, server } = memoryLink(test.clock)
  const thrower: Connection = {
    ...server,
    send(text) {
      if (broken.isBroken) throw new Error('broken')
      server.send(text)
    },
  }
  serveConnection([test.source], thrower, { transport: 'memory', origin: '' }, undefined, test.clock)
  client.send(upFrameText(hello(1, 'tabs', undefined, 0)))
  await test.clock.advance(100)
  client.send(upFrameText({ type: 'ack', channel: 1, revision: 0 }))
  const { replica } = test.open()
  await test.clock.advance(100)
  broken.isBroken = true
  retitle(test, 'new')
  await expect(test.clock.advance(100)).rejects.toThrow('broken')
  await test.clock.advance(100)
  expect(replica.at('byId', 'a', 'title').get()).toBe('new')
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
    expect(framesDown(link, 'err')).toMatchObject([{ id: 3, error: { code: 'too-many' } }])
    test.finish()
    await test.clock.advance(100)
    session(['call', 4, 'wait'])
    await test.clock.advance(100)
    expect(framesDown(link, 'err')).toHaveLength(1)
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

  test('a call that is too large and out of order ends the session', async () => {
    const test = testSource()
    const { link, session } = rawSession(test, { frameLength: 1000 })
    session(['call', 3, 'rename', { id: 'a', title: 'x'.repeat(2000) }])
    await test.clock.advance(100)
    expect(framesDown(link, 'refused')).toMatchObject([{ channel: 1, error: { code: 'bad-frame' } }])
    expect(framesDown(link, 'err')).toEqual([])
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

describe('a report', () => {
  /** What a session that watches a text, and has something else pending, is told of itself. */
  async function reported({ acknowledges = true } = {}) {
    const test = testSource()
    const { link, session } = rawSession(test)
    await test.clock.advance(100)
    if (acknowledges) session(['a', 0])
    session(['w', ['byId', 'a', 'response']])
    await test.clock.advance(100)
    test.source.append(['byId', 'b', 'response'], 'secret')
    await test.clock.advance(30)
    session(['ping', 7, 'report'])
    await test.clock.advance(0)
    return { ...test, link, session, pong: framesDown(link, 'pong')[0] }
  }

  test('says how things were when it was asked for, and follows what was pending', async () => {
    const { link, pong } = await reported()
    expect(framesDown(link).map(({ type }) => type)).toEqual(['snapshot', 'commit', 'pong'])
    expect(pong).toMatchObject({ id: 7, revision: 1 })
    expect(pong?.value).toEqual({
      sent: 0,
      acknowledged: 0,
      waiting: false,
      pending: 'appends',
      due: 270,
      committedAge: 30,
      sentAge: 230,
      acknowledgedAge: 130,
      longestWait: 100,
      watches: 1,
      transport: 'memory',
      origin: '',
      hash: expect.stringMatching(/^[\da-f]{16}$/) as string,
    })
  })

  test('has no hash of what may not be sent yet', async () => {
    const { link, pong } = await reported({ acknowledges: false })
    expect(framesDown(link).map(({ type }) => type)).toEqual(['snapshot', 'pong'])
    expect(pong?.value).toMatchObject({ sent: 0, waiting: true, pending: 'appends', sentAge: 230 })
    for (const absent of ['hash', 'acknowledged', 'acknowledgedAge', 'due', 'longestWait'])
      expect(pong?.value).not.toHaveProperty(absent)
  })

  test('remembers a slow ack for ten seconds', async () => {
    const test = await reported()
    const wait = async (ms: number, id: number): Promise<unknown> => {
      test.session(['a', 1])
      await test.clock.advance(ms)
      test.session(['ping', id, 'report'])
      await test.clock.advance(0)
      return (framesDown(test.link, 'pong').at(-1)!.value as Report).longestWait
    }
    expect([await wait(9000, 8), await wait(2000, 9)]).toEqual([100, undefined])
  })

  test('tells nothing of the state, nor of other sessions', async () => {
    const { link, open, clock, session } = await reported()
    const before = JSON.stringify(framesDown(link, 'pong')[0]?.value)
    expect(before).not.toMatch(/secret|byId|response/)
    open()
      .replica.reader('byId', 'b', 'response')
      .subscribe(() => {})
    await clock.advance(100)
    session(['ping', 8, 'report'])
    await clock.advance(0)
    expect(framesDown(link, 'pong')[1]?.value).toMatchObject({ watches: 1, sent: 1 })
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
  link.client.send(upFrameText(hello(1, 'tabs', undefined, 0)))
  return { link, session }
}
