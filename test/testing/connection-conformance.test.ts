/** Every connection of the library, and broken ones that have to be found. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { WebSocket, type WebSocket as Socket } from 'ws'
import type { Connection } from '../../src/index.ts'
import { connectionConformance, memoryLink, type ConnectionPair } from '../../src/testing/index.ts'
import { portConnection } from '../../src/transports/message-port.ts'
import { connectWebSocket } from '../../src/transports/websocket/client.ts'
import { serveWebSocket } from '../../src/transports/websocket/server.ts'

/** Takes the source's end of a connection that a transport serves with no source at all. */
const { served } = vi.hoisted(() => ({ served: { taken: (_: Connection): void => {} } }))
vi.mock('../../src/protocol/serve.ts', async (original) => {
  const real = await original<typeof import('../../src/protocol/serve.ts')>()
  const serveConnection: typeof real.serveConnection = (stores, connection, ...rest) => {
    if (stores.length > 0) return real.serveConnection(stores, connection, ...rest)
    served.taken(connection)
    return () => {}
  }
  return { ...real, serveConnection }
})

function memory(): ConnectionPair {
  return memoryLink()
}

function messagePort(): ConnectionPair {
  const { port1, port2 } = new MessageChannel()
  return { client: portConnection(port1), server: portConnection(port2) }
}

async function webSocket(): Promise<ConnectionPair> {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const service = serveWebSocket([], { server, hosts: [host], origins: [`http://${host}`] })
  const taken = new Promise<Connection>((resolve) => {
    served.taken = resolve
  })
  const sockets: Socket[] = []
  class PageSocket extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { origin: `http://${host}` })
      sockets.push(this)
    }
  }
  const kept = new Map<string, string>()
  const client = connectWebSocket({
    url: `ws://${host}/lockstep`,
    token: service.createToken(),
    random: () => 0,
    WebSocket: PageSocket as never,
    storage: { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => void kept.set(name, value) },
  })
  return {
    client,
    server: await taken,
    cut: () => sockets.at(-1)?.terminate(),
    // It tries again by itself.
    reopen() {},
    async dispose() {
      service.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

describe.each([
  ['a link in memory', memory],
  ['a message port', messagePort],
  ['a WebSocket', webSocket],
])('%s', (_, pair) => {
  test.each(connectionConformance(pair))('$name', ({ run }) => run())
})

describe('the suite finds a connection that', () => {
  /** A good one, with methods that are not. */
  const broken = (change: (client: Connection) => Partial<Connection>) => (): ConnectionPair => {
    const { client, server } = memoryLink()
    return { client: { ...client, ...change(client) }, server }
  }
  const failure = async (name: string, pair: () => ConnectionPair): Promise<string> => {
    const found = connectionConformance(pair, { timeout: 100 }).find((each) => each.name.startsWith(name))
    return await found!.run().then(
      () => 'it passed',
      (error: Error) => error.message,
    )
  }

  test('swaps two texts', async () => {
    const pair = broken((client) => {
      let held: string | undefined
      return {
        send(text) {
          if (text === '0') held = text
          else client.send(text)
          if (text === '1' && held !== undefined) client.send(held)
        },
      }
    })
    expect(await failure('carries texts both ways', pair)).toBe('Text 6 should be "0", and is "1"')
  })

  test('loses a text', async () => {
    const pair = broken((client) => ({
      send(text) {
        if (text !== '250') client.send(text)
      },
    }))
    expect(await failure('carries texts both ways', pair)).toMatch(
      /^Nothing like that within 100 ms: 506 texts\. Events/,
    )
  })

  test('does not tell who comes later that it is open', async () => {
    const pair = broken((client) => {
      let subscribed = false
      return {
        subscribe({ open, ...listener }) {
          if (subscribed || open === undefined) return client.subscribe(listener)
          subscribed = true
          return client.subscribe({ ...listener, open })
        },
      }
    })
    expect(await failure('tells a listener that comes later', pair)).toBe('Expected ["open"], got []')
  })

  test('goes on telling after it was removed', async () => {
    const pair = broken((client) => ({
      subscribe(listener) {
        client.subscribe(listener)
        return () => {}
      },
    }))
    expect(await failure('tells every listener', pair)).toBe('Expected ["open", "one"], got ["open", "one", "two"]')
  })

  test('does not say that it was closed', async () => {
    const pair = broken((client) => ({
      subscribe: ({ close: _, ...listener }) => client.subscribe(listener),
    }))
    expect(await failure('closed by the client', pair)).toBe('Expected ["open", "close"], got ["open"]')
    expect(await failure('closed by the server', pair)).toMatch(/^Nothing like that within 100 ms: close\./)
  })

  test('lets nothing through', async () => {
    const pair = broken(() => ({ send() {} }))
    expect(await failure('a store stays', pair)).toBe('Not within 100 ms: the first state')
  })
})
