import { describe, expect, test, vi } from 'vitest'
import { framesUp, outcome, tabsStore, testSource } from '../../test/fixtures/tabs.ts'
import { defineStore } from '../definition.ts'
import { SyncError } from '../error.ts'
import { serveConnection } from '../protocol/serve.ts'
import { memoryLink } from '../testing/link.ts'
import { linked } from '../testing/linked.ts'
import { createReplica } from './index.ts'

const peer = { transport: 'memory', origin: '' }

test('JSON.stringify and await call no command', async () => {
  const { clock, open } = testSource()
  const { replica, link } = open()
  await clock.advance(100)
  const before = link.frames.length
  expect(JSON.stringify(replica.call)).toBe('{}')
  expect(await Promise.resolve(replica.call)).toBe(replica.call)
  await clock.advance(100)
  expect(link.frames).toHaveLength(before)
})

test('a call returns what its command returned, once its effects are shown', async () => {
  const { source, clock, open } = testSource({ interval: 100 })
  const { replica } = open({ latency: 3 })
  await clock.advance(1000)
  // The frame of this one is on its way when the command runs, so the effects have to wait for another.
  source.update((draft) => void (draft.theme = 'dark'))
  let shown: string | undefined
  const call = replica.call.rename({ id: 'a', title: 'new' }).then((result) => {
    shown = replica.at('byId', 'a', 'title').get()
    return result
  })
  await clock.advance(50)
  expect(await call).toBe('new')
  expect(shown).toBe('new')
})

test('an answer that overtakes its effects is held back', async () => {
  const { source, clock, open } = testSource({ interval: 100 })
  const { replica, link } = open({ latency: 10 })
  // So that the source wants an ack of the next frame, and has to wait for it.
  await clock.advance(2000)
  source.update((draft) => void (draft.theme = 'dark'))
  let done = false
  void replica.call.rename({ id: 'a', title: 'new' }).then(() => (done = true))
  while (!link.frames.some(({ text }) => text.includes('"ok"'))) {
    await clock.advance(1)
    expect(done).toBe(false)
  }
  expect(replica.at('byId', 'a', 'title').get()).toBe('first')
  while (replica.at('byId', 'a', 'title').get() !== 'new') {
    expect(done).toBe(false)
    await clock.advance(1)
  }
  await clock.advance(0)
  expect(done).toBe(true)
})

describe('a call that fails', () => {
  test.each([
    ['with a SyncError of its own', 'bad-path', 'bad-path', /as asked/],
    ['with any other error', undefined, 'command-failed', /no luck/],
  ] as const)('%s', async (_, asked, code, message) => {
    const { clock, open } = testSource()
    const { replica } = open()
    const call = replica.call.fail(asked)
    void clock.advance(100)
    await expect(call).rejects.toBeInstanceOf(SyncError)
    await expect(call).rejects.toMatchObject({ code, message })
  })

  test('by something that cannot be turned into a message', async () => {
    const { clock, open } = testSource({
      commands: {
        fail() {
          throw Object.create(null)
        },
      } as never,
    })
    const call = open().replica.call.fail(undefined)
    void clock.advance(100)
    await expect(call).rejects.toMatchObject({ code: 'command-failed', message: /no message/ })
  })

  test('because there is no such command, not even on the prototype of the commands', async () => {
    const { clock, open } = testSource()
    const { replica } = open()
    const calls = replica.call as unknown as Record<string, () => Promise<unknown>>
    const all = ['nope', 'toString', 'constructor'].map((name) => calls[name]!())
    void clock.advance(100)
    for (const call of all) await expect(call).rejects.toMatchObject({ code: 'unknown-command' })
  })

  test('because its argument cannot cross: nothing is sent', async () => {
    const { clock, open } = testSource()
    const { replica, link } = open()
    await clock.advance(100)
    const call = replica.call.rename({ id: 'a', title: (() => '') as unknown as string })
    await expect(call).rejects.toMatchObject({ code: 'not-storable', path: ['(argument)', 'title'] })
    const proxy = replica.call.rename(new Proxy({ id: 'a', title: 'x' }, {}))
    await expect(proxy).rejects.toMatchObject({ code: 'not-storable', path: ['(argument)'] })
    await clock.advance(100)
    expect(framesUp(link, 'call')).toEqual([])
  })

  test('because its argument is a reactive proxy', async () => {
    const { clock, open } = testSource()
    const { replica } = open()
    const call = replica.call.rename(new Proxy({ id: 'a', title: 'new' }, {}))
    void clock.advance(100)
    await expect(call).rejects.toMatchObject({ code: 'not-storable', message: /reactive proxy/, path: ['(argument)'] })
  })

  test('because its result cannot cross', async () => {
    const { clock, open, runs } = testSource()
    const { replica } = open()
    const call = replica.call.odd()
    void clock.advance(100)
    await expect(call).rejects.toMatchObject({ code: 'not-storable' })
    expect(runs.odd).toBe(1)
  })
})

test('nobody mistakes the calls for a promise', async () => {
  const { open } = testSource()
  const { replica } = open()
  expect(await Promise.resolve(replica.call)).toBe(replica.call)
  expect((replica.call as unknown as Record<symbol, unknown>)[Symbol.iterator]).toBeUndefined()
})

describe('a lost connection', () => {
  test('rejects the calls under way, whether they have run or not, and sends none again', async () => {
    const test = testSource()
    const { replica, link } = test.open({ latency: 10 })
    await test.clock.advance(100)
    const [arrived, lost] = [replica.call.wait(), replica.call.rename({ id: 'a', title: 'new' })]
    const outcomes = [outcome(arrived), outcome(lost)]
    await test.clock.advance(9)
    link.cut()
    await test.clock.advance(0)
    for (const { value } of outcomes) expect(value).toBe('disconnected')
    await expect(arrived).rejects.toThrow('"wait"')
    link.reopen()
    await test.clock.advance(100)
    expect(test.runs).toMatchObject({ wait: 0, rename: 0 })
  })

  test('keeps the calls that were made before there was a session, or between two', async () => {
    const { clock, open, runs } = testSource()
    const { replica, link } = open()
    const first = replica.call.rename({ id: 'a', title: 'one' })
    void clock.advance(100)
    expect(await first).toBe('one')
    link.cut()
    const second = replica.call.rename({ id: 'a', title: 'two' })
    await clock.advance(100)
    expect(runs.rename).toBe(1)
    link.reopen()
    await clock.advance(100)
    expect(await second).toBe('two')
    expect(runs.rename).toBe(2)
  })

  test('what is done to the argument of a call that waits changes nothing', async () => {
    const { source, clock, open } = testSource()
    const { replica, link } = open()
    link.cut()
    const argument = { id: 'a', title: 'as it was' }
    const result = outcome(replica.call.rename(argument))
    argument.title = 'changed'
    link.reopen()
    await clock.advance(100)
    expect(result.value).toBe('as it was')
    expect(source.at('byId', 'a', 'title').get()).toBe('as it was')
  })

  test('the answer of a command that went on meanwhile goes nowhere', async () => {
    const test = testSource()
    const { replica, link } = test.open()
    await test.clock.advance(100)
    const call = replica.call.wait()
    const result = outcome(call)
    await test.clock.advance(100)
    link.cut()
    link.reopen()
    await test.clock.advance(100)
    const { length } = link.frames
    test.finish()
    await test.clock.advance(100)
    expect(link.frames).toHaveLength(length)
    expect(result.value).toBe('disconnected')
  })
})

test('10,000 calls at once are all answered, a limited number of them at a time', async () => {
  const { clock, open, runs } = testSource()
  const { replica } = open()
  const calls = Array.from({ length: 10_000 }, (_, index) => replica.call.rename({ id: 'a', title: `${index}` }))
  const all = Promise.all(calls)
  await clock.advance(1000)
  expect(await all).toEqual(Array.from({ length: 10_000 }, (_, index) => `${index}`))
  expect(runs.rename).toBe(10_000)
  expect(replica.at('byId', 'a', 'title').get()).toBe('9999')
})

test('calls that take their time wait for their turn here, not at the source, which would refuse them', async () => {
  const { clock, finish, open, runs } = testSource()
  const { replica } = open()
  const all = Promise.all(Array.from({ length: 600 }, () => replica.call.wait()))
  for (const started of [256, 512, 600]) {
    await clock.advance(100)
    expect(runs.wait).toBe(started)
    finish()
  }
  await clock.advance(100)
  expect(await all).toHaveLength(600)
})

test('calls that were lost with the connection take nobody the turn', async () => {
  const { clock, open } = testSource()
  const { replica, link } = open()
  await clock.advance(100)
  const lost = Promise.allSettled(Array.from({ length: 256 }, () => replica.call.wait()))
  await clock.advance(100)
  link.cut()
  link.reopen()
  const next = replica.call.rename({ id: 'a', title: 'new' })
  await clock.advance(1000)
  expect((await lost).every(({ status }) => status === 'rejected')).toBe(true)
  await expect(next).resolves.toBe('new')
})

test('commands know who calls, and may take their time', async () => {
  const test = testSource()
  const link = memoryLink(test.clock)
  serveConnection([test.source], link.server, { ...peer, transport: 'my own' })
  const replica = createReplica(tabsStore, link.client)
  const call = replica.call.wait()
  await test.clock.advance(100)
  test.finish()
  await test.clock.advance(100)
  expect(await call).toBe('my own')
})

test('a listener may call', async () => {
  const { clock, open, runs } = testSource()
  const { replica } = open()
  replica.at('order').subscribe((order) => {
    if (order.length > 0) void replica.call.rename({ id: 'a', title: 'by a listener' })
  })
  await clock.advance(1000)
  expect(runs.rename).toBe(1)
  expect(replica.at('byId', 'a', 'title').get()).toBe('by a listener')
})

test('what structuredClone returns is used for nothing: in test runners it comes from another world', async () => {
  const { clock, source } = testSource()
  const { link } = linked(source)
  const world = vi.stubGlobal('structuredClone', () => ({ from: 'another world' }))
  try {
    const definition = defineStore('tabs', {
      state: () => ({ byId: new Map<string, unknown>(), at: new Date(7) }),
      commands: {} as { odd(argument: unknown): unknown },
    })
    const replica = createReplica(definition, link.client)
    expect(replica.get()).toEqual({ byId: new Map(), at: new Date(7) })
    const argument = { map: new Map([['a', new Date(5)]]), bytes: Uint8Array.of(1) }
    const call = outcome(replica.call.odd(argument))
    argument.bytes[0] = 9
    argument.map.get('a')?.setTime(9)
    await clock.advance(100)
    expect(framesUp(link, 'call')).toMatchObject([
      { argument: { map: new Map([['a', new Date(5)]]), bytes: Uint8Array.of(1) } },
    ])
    expect(call.value).not.toBe('pending')
  } finally {
    world.unstubAllGlobals()
  }
})
