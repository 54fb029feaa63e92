/** What every connection has to do, whatever it goes over. */
import { systemClock } from '../../clock.ts'
import { defineStore } from '../../definition.ts'
import type { Connection } from '../../protocol/connection.ts'
import { serveConnection } from '../../protocol/serve.ts'
import { createReplica } from '../../replica/index.ts'
import { createSource } from '../../source/index.ts'
import { inTime, record, same, type Recording } from './connection-steps.ts'
import type { ConformanceCase } from './case.ts'

/** Two connections that are each other's ends. */
export interface ConnectionPair {
  /** The replica's end. */
  readonly client: Connection
  /** The source's end; where each time the connection is made again gives another one, the first of them. */
  readonly server: Connection
  /** Loses the connection as a network would, if that can be done. */
  cut?(): void | Promise<void>
  /** Makes it possible again, where the client is one that opens again after `cut`. */
  reopen?(): void | Promise<void>
  /** Frees what the two were made of, after the case. */
  dispose?(): void | Promise<void>
}

export interface ConnectionConformanceOptions {
  /** How long a case waits for anything to arrive, in ms; default 5,000. */
  readonly timeout?: number
}

/**
 * The cases, for any test runner. `pair` makes a new pair for each, open or about to be.
 *
 * ```ts
 * for (const { name, run } of connectionConformance(pair)) test(name, run)
 * ```
 */
export function connectionConformance(
  pair: () => ConnectionPair | Promise<ConnectionPair>,
  { timeout = 5000 }: ConnectionConformanceOptions = {},
): ConformanceCase[] {
  return Object.entries(cases).map(([name, run]) => ({
    name,
    run: async () => {
      const made = await pair()
      try {
        await run(made, record(made.client, timeout), record(made.server, timeout), timeout)
      } finally {
        made.client.close()
        made.server.close()
        await made.dispose?.()
      }
    },
  }))
}

type Case = (pair: ConnectionPair, atClient: Recording, atServer: Recording, timeout: number) => Promise<void>

/** What JSON and the codec may put into a frame; the empty text is no frame. */
const texts = ['a', '[1,"hello",1,"notes"]', '\n\t"\\', 'é世界👋🏽', '\u0000\u2028\u2029', 'x'.repeat(300_000)]

const cases: Readonly<Record<string, Case>> = {
  async 'opens at both ends'(_, atClient, atServer) {
    await atClient.opened()
    await atServer.opened()
  },
  async 'carries texts both ways, each once, in order, as they are'({ client, server }, atClient, atServer) {
    await atClient.opened()
    await atServer.opened()
    const many = [...texts, ...Array.from({ length: 500 }, (_, index) => `${index}`)]
    for (const text of many) {
      client.send(text)
      server.send(`re ${text}`)
    }
    await atServer.got(many)
    await atClient.got(many.map((text) => `re ${text}`))
  },
  async 'carries what is sent within `open` and within `message`'({ client, server }, atClient, atServer) {
    await atServer.opened()
    await atClient.opened()
    server.subscribe({ message: (text) => server.send(`re ${text}`) })
    client.subscribe({ open: () => client.send('within'), message() {} })
    await atClient.got(['re within'])
  },
  async 'carries a frame of a megabyte'({ client, server }, atClient, atServer) {
    await atClient.opened()
    await atServer.opened()
    const large = '0123456789'.repeat(100_000)
    server.send(large)
    server.send('after')
    await atClient.got([large, 'after'])
    client.send('small')
    await atServer.got(['small'])
  },
  async 'tells a listener that comes later that it is open, before `subscribe` returns'({ client }, atClient) {
    await atClient.opened()
    const events: string[] = []
    client.subscribe({ open: () => events.push('open'), message() {} })
    same(events, ['open'])
  },
  async 'tells every listener, and no more after it was removed'({ client, server }, atClient, atServer, timeout) {
    await atClient.opened()
    await atServer.opened()
    const other = record(client, timeout)
    server.send('one')
    await atClient.got(['one'])
    await other.got(['one'])
    other.stop()
    server.send('two')
    await atClient.got(['one', 'two'])
    same(other.events, ['open', 'one'])
  },
  async 'may lose its listeners while it tells them'({ client, server }, atClient, atServer, timeout) {
    await atClient.opened()
    await atServer.opened()
    const told: string[] = []
    let removeOther = (): void => {}
    client.subscribe({ message: () => removeOther() })
    removeOther = client.subscribe({ message: (text) => told.push(text) })
    const last = record(client, timeout)
    server.send('one')
    await last.got(['one'])
    same(told, [])
  },
  async 'closed by the client, it says so at both ends, once'({ client }, atClient, atServer) {
    await atClient.opened()
    await atServer.opened()
    client.close()
    client.close()
    same(atClient.events, ['open', 'close'])
    await atServer.closed()
    same(atServer.events, ['open', 'close'])
  },
  async 'closed by the server, it says so at both ends'({ server }, atClient, atServer) {
    await atClient.opened()
    await atServer.opened()
    server.close()
    same(atServer.events, ['open', 'close'])
    await atClient.closed()
  },
  async 'closed, it drops what is sent, and tells who comes later'({ client, server }, atClient, atServer) {
    await atClient.opened()
    await atServer.opened()
    client.close()
    client.send('late')
    await atServer.closed()
    server.send('late')
    same(atClient.events, ['open', 'close'])
    same(atServer.events, ['open', 'close'])
    const events: string[] = []
    client.subscribe({ open: () => events.push('open'), message() {}, close: () => events.push('close') })
    same(events, ['close'])
  },
  async 'cut, it says so, and drops what is sent until it is open again'(pair, atClient, atServer) {
    if (pair.cut === undefined) return
    await atClient.opened()
    await atServer.opened()
    await pair.cut()
    await atClient.closed()
    await atServer.closed()
    pair.client.send('meanwhile')
    if (pair.reopen === undefined) return
    await pair.reopen()
    await atClient.opened(2)
    if (atServer.events.at(-1) === 'open') {
      pair.client.send('after')
      await atServer.got(['after'])
    }
  },
  async 'a store stays in step over it'({ client, server }, atClient, atServer, timeout) {
    await atClient.opened()
    await atServer.opened()
    const definition = defineStore('conformance', {
      state: () => ({ title: '', text: '', tags: new Map<string, number>() }),
      commands: {} as { rename(title: string): string },
    })
    const source = createSource(definition, {
      clock: systemClock,
      commands: {
        rename(title) {
          source.update((draft) => void (draft.title = title))
          return `${title}!`
        },
      },
    })
    const stop = serveConnection([source], server, { transport: 'conformance', origin: '' })
    const replica = createReplica(definition, client)
    try {
      await inTime(replica.ready, timeout, 'the first state')
      const writer = source.writer('text')
      for (let index = 0; index < 200; index++) {
        writer.append(`chunk ${index} 👋\n`)
        source.update((draft) => void draft.tags.set(`tag ${index % 7}`, index))
        if (index % 50 === 0) await inTime(replica.settled(), timeout, `what was committed up to ${index}`)
      }
      writer.end()
      same(await inTime(replica.call.rename('renamed'), timeout, 'the answer of a command'), 'renamed!')
      same(replica.get().title, 'renamed')
      await inTime(replica.settled(), timeout, 'all that was committed')
      same(replica.get().text, source.get().text)
      same([...replica.get().tags], [...source.get().tags])
    } finally {
      replica.close()
      stop()
      source.close()
    }
  },
}
