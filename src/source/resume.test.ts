import { describe, expect, test } from 'vitest'
import { framesDown, framesUp, newTab, tabsStore, testSource, type TestSource } from '../../test/fixtures/tabs.ts'
import { serveConnection } from '../protocol/serve.ts'
import { hello, upFrameText } from '../protocol/wire.ts'
import { createReplica } from '../replica/index.ts'
import { memoryLink } from '../testing/link.ts'

const retitle = ({ source }: TestSource, title: string): void =>
  source.update((draft) => void (draft.byId.get('a')!.title = title))

describe('joining', () => {
  test('a replica gets the state, then each commit', async () => {
    const { source, clock, open } = testSource()
    const { replica, link } = open()
    await clock.advance(100)
    expect(replica.get()).toEqual(source.get())
    source.update((draft) => {
      draft.byId.set('c', newTab('third'))
      draft.order.push('c')
    })
    await clock.advance(100)
    expect(replica.get()).toEqual(source.get())
    expect(framesDown(link).map(({ type }) => type)).toEqual(['snapshot', 'commit'])
  })

  test('windows that join at the same moment, with a commit in between, get a state each', async () => {
    const test = testSource()
    const windows = [test.open(), test.open()] as const
    while (framesUp(windows[0].link).length === 0) test.clock.runNext()
    retitle(test, 'in between')
    await test.clock.advance(0)
    expect(windows.map(({ replica }) => replica.revision)).toEqual([0, 1])
    await test.clock.advance(100)
    for (const { replica } of windows) expect(replica.get()).toEqual(test.source.get())
  })

  test('a window that opens in mid-stream sees all of it', async () => {
    const { source, clock, open } = testSource()
    const writer = source.writer('byId', 'a', 'response')
    for (let chunk = 0; chunk < 50; chunk++) {
      writer.append(`${chunk} `)
      await clock.advance(7)
    }
    const late = open()
    const pieces: [string, number][] = []
    await clock.advance(1)
    late.replica.reader('byId', 'a', 'response').follow((piece, offset) => pieces.push([piece, offset]))
    for (let chunk = 50; chunk < 100; chunk++) {
      writer.append(`${chunk} `)
      await clock.advance(7)
    }
    writer.end()
    await clock.advance(0)
    expect(pieces.map(([piece]) => piece).join('')).toBe(source.at('byId', 'a', 'response').get())
    expect(pieces[0]?.[0]).toMatch(/^0 1 2 .* 49 /)
  })

  test('a replica that is up to date gets an empty commit', async () => {
    const { clock, open } = testSource()
    const { replica, link } = open()
    await clock.advance(100)
    link.cut()
    expect(replica.status.get()).toBe('connecting')
    link.reopen()
    await clock.advance(100)
    expect(replica.status.get()).toBe('live')
    expect(framesDown(link).at(-1)).toMatchObject({ type: 'commit', from: 0, to: 0, ops: [] })
  })

  test('a replica that was away gets what it missed, as one commit', async () => {
    const test = testSource()
    const { replica, link } = test.open()
    await test.clock.advance(100)
    retitle(test, 'seen')
    await test.clock.advance(100)
    link.cut()
    for (let change = 0; change < 100; change++) retitle(test, `missed ${change}`)
    test.source.append(['byId', 'b', 'response'], 'Hello')
    test.source.append(['byId', 'b', 'response'], ', world')
    await test.clock.advance(100)
    link.reopen()
    await test.clock.advance(100)
    expect(framesUp(link, 'hello').at(-1)).toMatchObject({ known: { epoch: 'epoch-1', revision: 1 } })
    expect(framesDown(link).at(-1)).toMatchObject({
      type: 'commit',
      from: 1,
      to: 103,
      ops: [
        { kind: 'set', path: ['byId', 'a', 'title'], value: 'missed 99' },
        { kind: 'append', path: ['byId', 'b', 'response'], chunk: 'Hello, world' },
      ],
    })
    expect(replica.get()).toEqual(test.source.get())
  })

  test('a frame that was lost with the connection is sent again', async () => {
    const test = testSource()
    const { replica, link } = test.open({ latency: 10 })
    await test.clock.advance(100)
    retitle(test, 'on its way')
    await test.clock.advance(5)
    link.cut()
    link.reopen()
    await test.clock.advance(100)
    expect(replica.at('byId', 'a', 'title').get()).toBe('on its way')
    expect(framesDown(link, 'snapshot')).toHaveLength(1)
  })

  test('a frame whose acknowledgement was lost is not sent again', async () => {
    const test = testSource()
    const { replica, link } = test.open({ latency: 10 })
    await test.clock.advance(100)
    retitle(test, 'arrived')
    await test.clock.advance(15)
    expect(replica.revision).toBe(1)
    link.cut()
    link.reopen()
    await test.clock.advance(100)
    expect(framesDown(link).at(-1)).toMatchObject({ type: 'commit', from: 1, to: 1 })
  })

  test('wherever it is of what it need not acknowledge, however short the log', async () => {
    const test = testSource({ logLength: 20 })
    const { link } = test.open()
    await test.clock.advance(100)
    for (const title of ['one', 'two', 'three', 'four']) {
      retitle(test, title)
      await test.clock.advance(100)
    }
    expect(framesDown(link, 'commit').map(({ to, asks }) => [to, asks])).toEqual([1, 2, 3, 4].map((to) => [to, false]))
    link.cut()
    for (let change = 0; change < 100; change++) retitle(test, `missed ${change}`)
    link.reopen()
    for (const revision of [0, 1, 2, 3, 4])
      link.client.send(upFrameText(hello(10 + revision, 'tabs', { epoch: 'epoch-1', revision }, 0)))
    await test.clock.advance(100)
    expect(framesDown(link, 'commit').slice(-5)).toMatchObject([0, 1, 2, 3, 4].map((from) => ({ from, to: 104 })))
    expect(framesDown(link, 'snapshot')).toHaveLength(1)
  })

  test('however often others have come and gone at one revision', async () => {
    const test = testSource({ logLength: 20 })
    const { link } = test.open()
    await test.clock.advance(100)
    link.cut()
    retitle(test, 'missed')
    const other = memoryLink(test.clock)
    serveConnection([test.source], other.server, { transport: 'memory', origin: '' }, undefined, test.clock)
    for (let channel = 1; channel <= 600; channel++) {
      other.client.send(upFrameText(hello(channel, 'tabs', undefined, 0)))
      other.client.send(upFrameText({ type: 'ack', channel, revision: 1 }))
      other.client.send(upFrameText({ type: 'bye', channel }))
      await test.clock.advance(20)
    }
    for (let change = 0; change < 30; change++) retitle(test, `${change}`)
    link.reopen()
    await test.clock.advance(100)
    expect(framesDown(link).map(({ type }) => type)).toEqual(['snapshot', 'commit'])
  })

  test('of another life of the source a replica gets a snapshot, even at the same revision', async () => {
    const [before, after] = [testSource({ epoch: () => 'one' }), testSource({ epoch: () => 'two' })]
    const link = memoryLink(before.clock)
    const stop = serveConnection([before.source], link.server, { transport: 'memory', origin: '' })
    const replica = createReplica(tabsStore, link.client)
    await before.clock.advance(100)
    retitle(before, 'of the first life')
    await before.clock.advance(100)
    stop()
    link.cut()
    retitle(after, 'of the second life')
    serveConnection([after.source], link.server, { transport: 'memory', origin: '' })
    link.reopen()
    await before.clock.advance(100)
    expect(framesDown(link).at(-1)).toMatchObject({ type: 'snapshot', epoch: 'two', revision: 1 })
    expect(replica.get()).toEqual(after.source.get())
  })

  test('where the log does not reach back, a snapshot comes', async () => {
    const test = testSource({ logLength: 16 })
    const { replica, link } = test.open()
    await test.clock.advance(100)
    link.cut()
    for (let change = 0; change < 100; change++) test.source.update((draft) => void draft.order.unshift(`${change}`))
    link.reopen()
    await test.clock.advance(100)
    expect(framesDown(link).map(({ type }) => type)).toEqual(['snapshot', 'snapshot'])
    expect(replica.get()).toEqual(test.source.get())
  })

  test('a compacted log still reaches back to where a replica left', async () => {
    const test = testSource({ logLength: 16 })
    const { replica, link } = test.open()
    for (let change = 0; change < 5; change++) retitle(test, `before ${change}`)
    await test.clock.advance(100)
    retitle(test, 'seen')
    await test.clock.advance(100)
    link.cut()
    for (let change = 0; change < 1000; change++) retitle(test, `missed ${change}`)
    link.reopen()
    await test.clock.advance(100)
    expect(framesDown(link).at(-1)).toMatchObject({ type: 'commit', from: 6, to: 1006 })
    expect(replica.get()).toEqual(test.source.get())
  })

  test('a window that is there gets the rest as a commit, however much happened at once in a short log', async () => {
    const test = testSource({ logLength: 16 })
    const { link } = test.open()
    await test.clock.advance(100)
    retitle(test, 'seen')
    await test.clock.advance(100)
    for (let change = 0; change < 1000; change++) retitle(test, `new ${change}`)
    await test.clock.advance(100)
    const frames = framesDown(link).slice(1)
    expect(frames.map(({ type }) => type)).toEqual(['commit', 'commit'])
    expect(frames[1]).toMatchObject({ from: 1, to: 1001 })
  })

  test('a revision that the source has not reached is not believed', async () => {
    const test = testSource()
    const link = memoryLink(test.clock)
    serveConnection([test.source], link.server, { transport: 'memory', origin: '' })
    link.client.send(upFrameText(hello(1, 'tabs', { epoch: 'epoch-1', revision: 7 }, 0)))
    await test.clock.advance(0)
    expect(framesDown(link)).toMatchObject([{ type: 'snapshot', revision: 0 }])
  })
})
