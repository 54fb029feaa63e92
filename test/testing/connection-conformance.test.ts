/** Every connection of the library, and broken ones that have to be found. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import { WebSocket, type WebSocket as Socket } from 'ws'
import { systemClock } from '../../src/clock.ts'
import type { Connection } from '../../src/index.ts'
import type * as serveModule from '../../src/protocol/serve.ts'
import {
  connectionConformance,
  fakeElectron,
  memoryLink,
  type ConnectionPair,
  type FakeElectron,
} from '../../src/testing/index.ts'
import { serve } from '../../src/transports/electron/main.ts'
import { pageConnection } from '../../src/transports/electron/page.ts'
import { portConnection } from '../../src/transports/message-port.ts'
import { connectWebSocket } from '../../src/transports/websocket/client.ts'
import { serveWebSocket } from '../../src/transports/websocket/server.ts'

/** Takes the source's end of a connection that a transport serves with no source at all. */
const { served, holder } = vi.hoisted(() => ({
  served: {} as { taken(connection: Connection): void },
  holder: {} as { electron: FakeElectron },
}))
vi.mock('../../src/protocol/serve.ts', async (original) => {
  const real = await original<typeof serveModule>()
  const serveConnection: typeof real.serveConnection = (stores, connection, ...rest) => {
    if (stores.length > 0) return real.serveConnection(stores, connection, ...rest)
    served.taken(connection)
    return () => {}
  }
  return { ...real, serveConnection }
})

vi.mock('electron', () => {
  const member = (name: string) => ({ enumerable: true, get: () => holder.electron.module[name as 'app'] })
  const names = ['app', 'ipcMain', 'session', 'ipcRenderer']
  return Object.defineProperties({}, Object.fromEntries(names.map((name) => [name, member(name)])))
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
    WebSocket: PageSocket,
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

const preload = fileURLToPath(new URL('../../src/transports/electron/preload.ts', import.meta.url))

async function electron(): Promise<ConnectionPair> {
  const fake = fakeElectron({
    preloads: {
      [preload]: async () => {
        vi.resetModules()
        await import('../../src/transports/electron/preload.ts')
      },
    },
  })
  holder.electron = fake
  await fake.ready()
  const taken = new Promise<Connection>((resolve) => {
    served.taken = resolve
  })
  const stop = serve([], { authorize: () => true, preload })
  await new fake.module.BrowserWindow().loadURL('app://chat/')
  const page = await fake.page()
  return {
    client: page.run(() => pageConnection(page.window as unknown as Window, systemClock, () => {})),
    server: await taken,
    dispose() {
      stop()
      fake.close()
    },
  }
}

describe.each([
  ['a link in memory', memory],
  ['a message port', messagePort],
  ['a WebSocket', webSocket],
  ['Electron', electron],
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
      subscribe: ({ open, message }) => client.subscribe({ message, ...(open === undefined ? {} : { open }) }),
    }))
    expect(await failure('closed by the client', pair)).toBe('Expected ["open", "close"], got ["open"]')
    expect(await failure('closed by the server', pair)).toMatch(/^Nothing like that within 100 ms: close\./)
  })

  test('lets nothing through', async () => {
    const pair = broken(() => ({ send() {} }))
    expect(await failure('a store stays', pair)).toBe('Not within 100 ms: the first state')
  })
})
