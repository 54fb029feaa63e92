import { describe, expect, test } from 'vitest'
import { defineStore } from '../definition.ts'
import { createReplica } from '../replica/index.ts'
import { createSource } from '../source/index.ts'
import { fakeClock } from '../testing/clock.ts'
import { memoryLink } from '../testing/link.ts'
import { serveConnection, type Served } from './serve.ts'
import { protocolVersion } from './version.ts'

const notes = defineStore('notes', {
  state: () => ({ text: '', count: 0 }),
  commands: {} as { echo(argument: unknown): unknown },
})
const tabs = defineStore('tabs', { state: () => ({ order: [] as string[] }) })
const peer = { transport: 'memory', origin: '' }

function serveNotes() {
  const clock = fakeClock()
  const link = memoryLink(clock)
  const options = { clock, epoch: () => 'e1' }
  const source = createSource(notes, { ...options, commands: { echo: (argument) => argument } })
  const other = createSource(tabs, options)
  const stop = serveConnection([source, other], link.server, peer, undefined, clock)
  return { clock, link, source, other, stop }
}

describe('replicas', () => {
  test('several of several stores share a connection', async () => {
    const { clock, link, source, other } = serveNotes()
    const replicas = [createReplica(notes, link.client), createReplica(notes, link.client)]
    const tabsReplica = createReplica(tabs, link.client)
    await clock.advance(100)
    source.update((draft) => {
      draft.count = 1
    })
    other.update((draft) => {
      draft.order.push('t1')
    })
    await clock.advance(100)
    for (const replica of replicas) expect(replica.get()).toEqual({ text: '', count: 1 })
    expect(tabsReplica.get()).toEqual({ order: ['t1'] })
    replicas[0]?.close()
    source.append(['text'], 'x')
    await clock.advance(1000)
    expect(replicas.map((replica) => replica.get().text)).toEqual(['', 'x'])
    const call = replicas[1]?.call.echo({ a: undefined })
    await clock.advance(100)
    await expect(call).resolves.toEqual({ a: undefined })
  })

  test('a store that is not served refuses them, and names no other', async () => {
    const { clock, link } = serveNotes()
    const replica = createReplica(defineStore('secrets', { state: () => ({}) }), link.client)
    await clock.advance(100)
    expect(replica.status.get()).toBe('refused')
    await expect(replica.ready).rejects.toMatchObject({
      code: 'unknown-store',
      message: 'No store "secrets" is served here',
    })
  })

  test('sources that share a name, and one that is not in a list, are refused at once', () => {
    const link = memoryLink(fakeClock())
    const [one, other] = [createSource(tabs), createSource(tabs)]
    const twins = () => serveConnection([one, other], link.server, peer)
    expect(twins).toThrow('Two of the sources are named "tabs"')
    expect(twins).toThrow(expect.objectContaining({ code: 'setup' }))
    expect(() => serveConnection(one as never, link.server, peer)).toThrow('Pass a list of sources')
    serveConnection([one, one], link.server, peer)()
  })

  test('join again when the connection has been lost', async () => {
    const { clock, link, source } = serveNotes()
    const replica = createReplica(notes, link.client)
    await clock.advance(100)
    link.cut()
    source.update((draft) => {
      draft.count = 2
    })
    await clock.advance(100)
    expect(replica.get().count).toBe(0)
    link.reopen()
    await clock.advance(100)
    expect(replica.get().count).toBe(2)
  })

  test('get no more when the serving has been stopped', async () => {
    const { clock, link, source, stop } = serveNotes()
    const replica = createReplica(notes, link.client)
    await clock.advance(100)
    stop()
    source.update((draft) => {
      draft.count = 3
    })
    link.client.send('nonsense')
    await clock.advance(1000)
    expect(replica.get().count).toBe(0)
    expect(link.frames.at(-1)?.text).toBe('nonsense')
  })

  test('a call whose argument is too large is answered', async () => {
    const clock = fakeClock()
    const link = memoryLink(clock)
    const source = createSource(notes, { clock, commands: { echo: (argument) => argument } })
    serveConnection([source], link.server, peer, { frameLength: 1000 }, clock)
    const replica = createReplica(notes, link.client)
    await clock.advance(100)
    const call = replica.call.echo('x'.repeat(1000))
    await clock.advance(100)
    await expect(call).rejects.toMatchObject({ code: 'too-large' })
    expect(replica.status.get()).toBe('live')
  })
})

test('limits and clock have defaults', async () => {
  const link = memoryLink()
  const source = createSource(notes, { commands: { echo: (argument) => argument } })
  const stop = serveConnection([source], link.server, peer)
  const replica = createReplica(notes, link.client)
  await replica.ready
  await expect(replica.call.echo(1)).resolves.toBe(1)
  stop()
})

test('a store that refuses while it is joined leaves no session behind', async () => {
  const clock = fakeClock()
  const link = memoryLink(clock)
  const received: string[] = []
  const picky: Served = {
    name: 'picky',
    accept(_, port) {
      port.refuse({ code: 'refused', message: 'no' })
      return {
        receive: (frame) => received.push(frame.type),
        close: () => received.push('close'),
      }
    },
  }
  const stop = serveConnection([picky], link.server, peer, { sessions: 1 }, clock)
  link.client.send(`[1,"hello",${protocolVersion},"picky"]`)
  link.client.send('[1,"ping",1]')
  link.client.send('[1,"a",0]')
  link.client.send(`[2,"hello",${protocolVersion},"picky"]`)
  await clock.advance(10)
  stop()
  expect(received).toEqual([])
  expect(link.frames.filter(({ to }) => to === 'client').map(({ text }) => text)).toEqual([
    '[1,"refused","refused","no"]',
    '[2,"refused","refused","no"]',
  ])
})

test('a connection that closes while a store is joined leaves no session behind', async () => {
  const clock = fakeClock()
  const link = memoryLink(clock)
  const calls: string[] = []
  const closing: Served = {
    name: 'closing',
    accept(_, port) {
      link.server.close()
      port.send('"s","e",0,{}')
      return {
        receive: () => calls.push('receive'),
        close: () => calls.push('close'),
      }
    },
  }
  serveConnection([closing], link.server, peer, undefined, clock)
  link.client.send(`[1,"hello",${protocolVersion},"closing"]`)
  await clock.advance(10)
  expect(calls).toEqual(['close'])
})
