import { describe, expect, test, vi } from 'vitest'
import { framesDown, framesUp, outcome, tabsStore, testSource } from '../../test/fixtures/tabs.ts'
import { defineStore } from '../definition.ts'
import { serveConnection } from '../protocol/serve.ts'
import { memoryLink } from '../testing/link.ts'
import { createReplica } from './index.ts'

const peer = { transport: 'memory', origin: '' }
describe('joining', () => {
  test('shows the state of the definition until the source answers, then is ready', async () => {
    const { clock, open } = testSource()
    const { replica } = open()
    const ready = outcome(replica.ready)
    expect(replica.get()).toEqual({ order: [], byId: new Map(), theme: 'light' })
    expect(replica.revision).toBe(-1)
    expect(replica.status.get()).toBe('connecting')
    await clock.advance(10)
    expect(ready.value).toBe('resolved')
    expect(replica.get().order).toEqual(['a', 'b'])
    expect(replica.revision).toBe(0)
    expect(replica.status.get()).toBe('live')
  })

  test('status tells of each change', async () => {
    const { clock, open } = testSource()
    const { replica, link } = open()
    const seen: string[] = []
    replica.status.subscribe((status) => seen.push(status))
    await clock.advance(10)
    link.cut()
    link.reopen()
    await clock.advance(10)
    replica.close()
    expect(seen).toEqual(['connecting', 'live', 'connecting', 'live', 'closed'])
  })

  test('several replicas share a connection', async () => {
    const { source, clock, open } = testSource()
    const { replica, link } = open()
    const other = createReplica(tabsStore, link.client)
    await clock.advance(10)
    source.update((draft) => void (draft.theme = 'dark'))
    await clock.advance(100)
    replica.close()
    source.update((draft) => void (draft.theme = 'black'))
    await clock.advance(100)
    expect(replica.get().theme).toBe('dark')
    expect(other.get().theme).toBe('black')
  })

  test('an unknown store is refused, and everything that waits with it', async () => {
    const { source, clock } = testSource()
    const link = memoryLink(clock)
    serveConnection([source], link.server, peer)
    const replica = createReplica(defineStore<object, { run(): void }>('other', { state: () => ({}) }), link.client)
    const waiting = [replica.ready, replica.settled(), replica.call.run()].map(outcome)
    await clock.advance(10)
    expect(replica.status.get()).toBe('refused')
    expect(replica.error).toMatchObject({ code: 'unknown-store' })
    for (const { value } of waiting) expect(value).toBe('unknown-store')
    await expect(replica.settled()).rejects.toMatchObject({ code: 'unknown-store' })
    await expect(replica.call.run()).rejects.toMatchObject({ code: 'unknown-store' })
  })

  test('one that was refused asks again when the connection comes back', async () => {
    const { source, clock } = testSource()
    const link = memoryLink(clock)
    const stop = serveConnection([], link.server, peer)
    const replica = createReplica(tabsStore, link.client)
    await clock.advance(10)
    expect(replica.status.get()).toBe('refused')
    stop()
    link.cut()
    expect(replica.status.get()).toBe('refused')
    serveConnection([source], link.server, peer)
    link.reopen()
    await clock.advance(10)
    expect(replica.status.get()).toBe('live')
    expect(replica.error).toBeUndefined()
    expect(replica.get()).toEqual(source.get())
  })

  test('what the source says of frames that were not understood refuses nobody', async () => {
    const { source, clock } = testSource()
    const link = memoryLink(clock, { latency: 10 })
    serveConnection([source], link.server, peer)
    link.client.send('not a frame')
    await clock.advance(1)
    const errors: unknown[] = []
    const replica = createReplica(tabsStore, link.client, { onError: (error) => errors.push(error) })
    await clock.advance(100)
    expect(errors).toMatchObject([{ code: 'bad-frame' }])
    expect(replica.status.get()).toBe('live')
  })
})

test('an onError that throws stops nothing, and its error is reported', async () => {
  const reported = vi.fn<(error: unknown) => void>()
  vi.stubGlobal('reportError', reported)
  const { source, clock } = testSource()
  const link = memoryLink(clock)
  serveConnection([source], link.server, peer)
  const worse = new Error('not even this')
  const onError = (): void => {
    throw worse
  }
  const replica = createReplica(tabsStore, link.client, { onError })
  await clock.advance(100)
  replica.at('theme').subscribe((theme) => {
    if (theme === 'dark') throw new Error('listener')
  })
  const told: string[] = []
  replica.at('theme').subscribe((theme) => void told.push(theme))
  for (const theme of ['dark', 'black']) {
    source.update((draft) => void (draft.theme = theme))
    await clock.advance(100)
  }
  expect([told.slice(1), reported.mock.calls]).toEqual([['dark', 'black'], [[worse]]])
  vi.unstubAllGlobals()
})

describe('settled', () => {
  test('resolves when all is shown that the source had, without waiting for an interval', async () => {
    const { source, clock, open } = testSource()
    const { replica } = open()
    await clock.advance(1000)
    source.append(['byId', 'a', 'response'], 'a')
    await clock.advance(1)
    source.append(['byId', 'a', 'response'], 'b')
    const settled = outcome(replica.settled())
    await clock.advance(0)
    expect(replica.at('byId', 'a', 'response').get()).toBe('ab')
    expect(settled.value).toBe('resolved')
  })

  test('waits for a connection, and survives one', async () => {
    const { source, clock, open } = testSource()
    const { replica, link } = open({ latency: 10 })
    const first = outcome(replica.settled())
    await clock.advance(100)
    expect(first.value).toBe('resolved')
    const second = outcome(replica.settled())
    link.cut()
    await clock.advance(100)
    source.update((draft) => void (draft.theme = 'dark'))
    expect(second.value).toBe('pending')
    link.reopen()
    await clock.advance(100)
    expect(second.value).toBe('resolved')
    expect(replica.get().theme).toBe('dark')
  })

  test('is not kept waiting by what belongs to a past life of the source', async () => {
    const [before, after] = [testSource({ epoch: () => 'one' }), testSource({ epoch: () => 'two' })]
    const link = memoryLink(before.clock)
    const stop = serveConnection([before.source], link.server, peer)
    const replica = createReplica(tabsStore, link.client)
    await before.clock.advance(100)
    before.source.update((draft) => void (draft.theme = 'dark'))
    await before.clock.advance(1)
    before.source.update((draft) => void (draft.theme = 'black'))
    const settled = outcome(replica.settled())
    // The pong is there, the state that it speaks of is not.
    for (const type of ['ping', 'pong'] as const) {
      const there = () => link.frames.some(({ text }) => text.includes(type))
      while (!there()) before.clock.runNext()
    }
    stop()
    link.cut()
    serveConnection([after.source], link.server, peer)
    link.reopen()
    expect(settled.value).toBe('pending')
    await before.clock.advance(100)
    expect(settled.value).toBe('resolved')
  })
})

describe('closing', () => {
  test('leaves the store, stops, and keeps what was shown', async () => {
    const { source, clock, open } = testSource()
    const { replica, link } = open()
    await clock.advance(10)
    replica.close()
    replica.close()
    source.update((draft) => void (draft.theme = 'dark'))
    await clock.advance(100)
    expect(framesUp(link).at(-1)).toMatchObject({ type: 'bye' })
    expect(framesUp(link, 'bye')).toHaveLength(1)
    expect(framesDown(link)).toHaveLength(1)
    expect(replica.get().theme).toBe('light')
    await expect(replica.settled()).rejects.toMatchObject({ code: 'closed' })
    await expect(replica.call.wait()).rejects.toMatchObject({ code: 'closed' })
  })

  test('rejects what waits, also what was answered and is not shown yet', async () => {
    const { source, clock, open } = testSource()
    const { replica, link } = open()
    await clock.advance(1000)
    source.update((draft) => void (draft.theme = 'dark'))
    await clock.advance(1)
    source.update((draft) => void (draft.theme = 'black'))
    const [settled, ready] = [outcome(replica.settled()), outcome(createReplica(tabsStore, link.client).ready)]
    while (framesDown(link, 'pong').length === 0) clock.runNext()
    replica.close()
    await clock.advance(100)
    expect(settled.value).toBe('closed')
    expect(ready.value).toBe('resolved')
  })

  test('a replica closed before it was ready never is', async () => {
    const { clock, open } = testSource()
    const { replica } = open()
    const ready = outcome(replica.ready)
    replica.close()
    await clock.advance(100)
    expect(ready.value).toBe('closed')
    expect(replica.revision).toBe(-1)
  })

  test('may be asked for by a listener in the middle of a notification', async () => {
    const { clock, open } = testSource()
    const { replica, link, errors } = open()
    replica.reader('byId', 'a', 'response').follow(() => {})
    replica.at('theme').subscribe(() => {})
    replica.at('order').subscribe((order) => {
      if (order.length > 0) replica.close()
    })
    await clock.advance(100)
    expect(replica.status.get()).toBe('closed')
    expect(framesUp(link, 'watch')).toEqual([])
    expect(errors).toEqual([])
  })
})

test('a state of the definition that cannot be one is told to whoever reads it', () => {
  const [connection] = [{ send() {}, subscribe: () => () => {}, close() {} }]
  for (const [state, code] of [
    [{ run: () => 1 }, 'not-storable'],
    [JSON.parse('{"a":{"__proto__":{"x":1}}}'), 'reserved-key'],
  ] as const) {
    const replica = createReplica(defineStore('bad', { state: () => state as object }), connection)
    expect(() => replica.get()).toThrow(expect.objectContaining({ code }))
    expect(() => replica.subscribe(() => {})).toThrow(expect.objectContaining({ code }))
  }
})
