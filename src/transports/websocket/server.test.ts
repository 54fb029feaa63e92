import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { Clock } from '../../clock.ts'
import type { SyncError } from '../../error.ts'
import type { Connection, Peer } from '../../protocol/connection.ts'
import { serveWebSocket, type ServeWebSocketOptions, type WebSocketPeer, type WebSocketService } from './server.ts'

const { serveConnection } = vi.hoisted(() => ({ serveConnection: vi.fn() }))
vi.mock('../../protocol/serve.ts', () => ({ serveConnection }))

const path = '/lockstep'
const origin = 'http://app.test'
let server: Server
let port: number
let service: WebSocketService
let refusals: [SyncError, WebSocketPeer][]
/** Ends of the connections that were let in, and what they have seen. */
let accepted: { connection: Connection; peer: Peer; events: string[]; stop: () => void }[]
let sockets: WebSocket[]

beforeEach(async () => {
  accepted = []
  refusals = []
  sockets = []
  serveConnection.mockReset().mockImplementation((_sources, connection: Connection, peer: Peer) => {
    const events: string[] = []
    const stop = vi.fn()
    connection.subscribe({ message: (text) => events.push(text), close: () => events.push('close') })
    accepted.push({ connection, peer, events, stop })
    return stop
  })
  server = createServer((_request, response) => response.end('page'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})

afterEach(async () => {
  for (const socket of sockets) socket.terminate()
  service.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

function start(options: Partial<ServeWebSocketOptions> = {}): WebSocketService {
  service = serveWebSocket([], {
    server,
    hosts: [`127.0.0.1:${port}`],
    origins: [origin],
    onRefused: (...refusal) => refusals.push(refusal),
    ...options,
  })
  return service
}

function open(offers: readonly string[], headers: Record<string, string> = {}): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, ['lockstep.1', ...offers], {
    headers: { origin, ...headers },
  })
  sockets.push(socket)
  return socket
}

/** Opens with a token; resolves with the socket and the session key it was given. */
async function enter(): Promise<{ socket: WebSocket; key: string }> {
  const socket = open([service.createToken()])
  const message = await new Promise<string>((resolve, reject) => {
    socket.on('message', (data: Buffer) => resolve(data.toString()))
    socket.on('error', reject)
  })
  expect(message).toMatch(/^key [\w-]{43}$/)
  return { socket, key: message.slice(4) }
}

/** Sends an upgrade request as it is told; resolves with the answer. */
function upgrade(headers: Record<string, string | undefined>, to = path): Promise<{ status: number; body: string }> {
  const all: Record<string, string | undefined> = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    host: `127.0.0.1:${port}`,
    origin,
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  }
  const present = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      host: '127.0.0.1',
      port,
      path: to,
      headers: present as Record<string, string>,
      setHost: false,
    })
    request.on('upgrade', (response, socket: Socket) => {
      socket.destroy()
      resolve({ status: response.statusCode!, body: '' })
    })
    request.on('response', (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () => resolve({ status: response.statusCode!, body }))
    })
    request.on('error', reject)
    request.end()
  })
}

const offer = (...credentials: string[]) => ({ 'sec-websocket-protocol': ['lockstep.1', ...credentials].join(', ') })

describe('serveWebSocket lets a page in', () => {
  it('by a token, and gives it a session key', async () => {
    start()
    const { socket } = await enter()
    expect(socket.protocol).toBe('lockstep.1')
    expect(socket.extensions).toBe('')
    expect(accepted).toHaveLength(1)
    expect(accepted[0]!.peer).toEqual({
      transport: 'websocket',
      origin,
      host: `127.0.0.1:${port}`,
      remoteAddress: '127.0.0.1',
    })
    socket.send('up')
    await vi.waitFor(() => expect(accepted[0]!.events).toEqual(['up']))
    const down = new Promise((resolve) => socket.on('message', (data: Buffer) => resolve(data.toString())))
    accepted[0]!.connection.send('down')
    expect(await down).toBe('down')
  })

  it('by its session key after a reload, beside its used token, and in a second window', async () => {
    start()
    const token = service.createToken()
    const first = open([token])
    const key = await new Promise<string>((resolve) =>
      first.on('message', (data: Buffer) => resolve(data.toString().slice(4))),
    )
    first.close()
    await vi.waitFor(() => expect(accepted[0]!.events).toEqual(['close']))
    expect(accepted[0]!.stop).toHaveBeenCalled()
    expect((await upgrade(offer(token, key))).status).toBe(101)
    expect((await upgrade(offer(key))).status).toBe(101)
    expect(accepted).toHaveLength(3)
  })

  it('only if `authorize`, asked last, says true', async () => {
    const asked: Peer[] = []
    let answer: unknown = 1
    start({
      authorize: (peer) => {
        asked.push(peer)
        if (answer instanceof Error) throw answer
        return answer as boolean
      },
    })
    const token = service.createToken()
    await upgrade(offer('wrong'))
    expect(asked).toEqual([])
    for (answer of [1, false, undefined, Promise.resolve(true), new Error('authorize broke')]) {
      expect((await upgrade(offer(token))).status).toBe(403)
    }
    expect(accepted).toEqual([])
    answer = true
    expect((await upgrade(offer(token))).status).toBe(101)
  })
})

describe('serveWebSocket refuses, before anything is allocated,', () => {
  const cases: [string, number, (token: string) => Record<string, string | undefined>][] = [
    ['another host', 403, (token) => ({ ...offer(token), host: 'evil.example' })],
    ['the right host without its port', 403, (token) => ({ ...offer(token), host: '127.0.0.1' })],
    ['another origin', 403, (token) => ({ ...offer(token), origin: 'https://evil.example' })],
    [
      'an origin that begins like the right one',
      403,
      (token) => ({ ...offer(token), origin: `${origin}.evil.example` }),
    ],
    ['an opaque origin', 403, (token) => ({ ...offer(token), origin: 'null' })],
    ['no origin', 403, (token) => ({ ...offer(token), origin: undefined })],
    ['a wrong token', 401, () => offer('A'.repeat(43))],
    ['a token cut short', 401, (token) => offer(token.slice(0, -1))],
    ['no token', 401, () => offer()],
    ['no subprotocol', 426, () => ({})],
    ['another version', 426, (token) => ({ 'sec-websocket-protocol': `lockstep.2, ${token}` })],
    ['a token in place of the subprotocol', 426, (token) => ({ 'sec-websocket-protocol': token })],
    ['too many credentials', 400, (token) => offer(token, 'b', 'c')],
    ['a broken handshake', 400, (token) => ({ ...offer(token), 'sec-websocket-key': 'x' })],
  ]
  it.each(cases)('%s: %i', async (_, status, headers) => {
    start()
    const token = service.createToken()
    const answer = await upgrade(headers(token))
    expect(answer.status).toBe(status)
    expect(answer.body).not.toBe('')
    expect(serveConnection).not.toHaveBeenCalled()
    expect(JSON.stringify([answer, refusals, refusals.map(([error]) => error.message)])).not.toContain(token)
    // The token is none the worse for it.
    expect((await upgrade(offer(token))).status).toBe(101)
  })

  it('a used token', async () => {
    start()
    const token = service.createToken()
    await upgrade(offer(token))
    serveConnection.mockClear()
    expect((await upgrade(offer(token))).status).toBe(401)
    expect(serveConnection).not.toHaveBeenCalled()
    expect(refusals.map(([error, peer]) => [error.code, peer.origin])).toEqual([['refused', origin]])
  })

  it('a token that nobody used for 10 minutes', async () => {
    let now = 0
    start({ clock: { now: () => now, schedule: () => () => {} } })
    const token = service.createToken()
    now = 10 * 60_000
    expect((await upgrade(offer(token))).status).toBe(401)
    expect(serveConnection).not.toHaveBeenCalled()
  })

  it('an address on another machine', async () => {
    start()
    const handlers = server.listeners('upgrade') as ((request: object, socket: object, head: Buffer) => void)[]
    let answer = ''
    const socket = { on() {}, end: (text: string) => (answer = text) }
    const headers = { host: `127.0.0.1:${port}`, origin, ...offer(service.createToken()) }
    for (const remoteAddress of ['192.168.1.2', '::ffff:10.0.0.1', '127.0.0.1.evil', undefined]) {
      handlers[0]!({ url: path, headers, socket: { remoteAddress } }, socket, Buffer.alloc(0))
      expect(answer).toContain('HTTP/1.1 403 Forbidden')
    }
    expect(serveConnection).not.toHaveBeenCalled()
  })

  it('everybody, if `hosts` or `origins` are not a list of exact values', () => {
    start()
    for (const list of [undefined, [], ['*'], ['null'], ['http://*.test']]) {
      expect(() => serveWebSocket([], { server, hosts: list as string[], origins: [origin] })).toThrow(/`hosts`/)
      expect(() => serveWebSocket([], { server, hosts: ['a'], origins: list as string[] })).toThrow(/`origins`/)
    }
  })
})

describe('serveWebSocket', () => {
  it('answers other paths only if nobody else would', async () => {
    start()
    const token = service.createToken()
    expect((await upgrade(offer(token), '/other')).status).toBe(404)
    expect((await upgrade(offer(token), '/lockstep/..')).status).toBe(404)
    server.on('upgrade', (request, socket) => {
      if (request.url === '/other') socket.end('HTTP/1.1 418 Teapot\r\nConnection: close\r\n\r\n')
    })
    expect((await upgrade(offer(token), '/other')).status).toBe(418)
    expect((await upgrade(offer(token), `${path}?v=1`)).status).toBe(101)
  })

  it('closes on a message beyond the limit, and takes one at the limit', async () => {
    start({ limits: { frameLength: 100 } })
    const { socket } = await enter()
    const text = '\u20ac'.repeat(100)
    socket.send(text)
    await vi.waitFor(() => expect(accepted[0]!.events).toEqual([text]))
    const closed = new Promise((resolve) => socket.on('close', resolve))
    socket.send('x'.repeat(301))
    expect(await closed).toBe(1009)
    await vi.waitFor(() => expect(accepted[0]!.events).toEqual([text, 'close']))
  })

  it('closes on a binary message', async () => {
    start()
    const { socket } = await enter()
    const closed = new Promise((resolve) => socket.on('close', resolve))
    socket.send(Buffer.from('x'))
    expect(await closed).toBe(1003)
    await vi.waitFor(() => expect(accepted[0]!.events).toEqual(['close']))
  })

  it('cuts a peer that answers no ping', async () => {
    let ping = (): void => {}
    const cancel = vi.fn()
    const clock: Clock = {
      now: () => 0,
      schedule(run) {
        ping = run
        return cancel
      },
    }
    start({ clock })
    const { socket } = await enter()
    ping()
    await new Promise((resolve) => socket.on('ping', resolve))
    // Its pong is on the way before this text.
    socket.send('alive')
    await vi.waitFor(() => expect(accepted[0]!.events).toEqual(['alive']))
    ping()
    expect(accepted[0]!.events).toEqual(['alive'])
    socket.pause()
    ping()
    await vi.waitFor(() => expect(accepted[0]!.events).toEqual(['alive', 'close']))
    service.close()
    expect(cancel).toHaveBeenCalled()
  })

  it('cuts a peer that lets more than 256 MB wait', async () => {
    start()
    const { socket } = await enter()
    socket.pause()
    const text = 'x'.repeat(16 * 1024 * 1024)
    let sent = 0
    while (accepted[0]!.events.length === 0 && sent < 64) {
      accepted[0]!.connection.send(text)
      sent++
      await new Promise(setImmediate)
    }
    await vi.waitFor(() => expect(accepted[0]!.events).toEqual(['close']))
    expect(sent).toBeGreaterThan(16)
  })

  it('disconnects everybody at its end and is gone from the server', async () => {
    start()
    const { socket, key } = await enter()
    const closed = new Promise((resolve) => socket.on('close', resolve))
    service.close()
    expect(accepted[0]!.events).toEqual(['close'])
    expect(accepted[0]!.stop).toHaveBeenCalledTimes(1)
    await closed
    expect(server.listenerCount('upgrade')).toBe(0)
    await expect(upgrade(offer(key))).resolves.toEqual({ status: 200, body: 'page' })
  })

  it('takes 256 sockets at once', async () => {
    start()
    const { key } = await enter()
    await Promise.all(Array.from({ length: 255 }, () => new Promise((resolve) => open([key]).on('open', resolve))))
    expect((await upgrade(offer(key))).status).toBe(503)
    sockets[0]!.close()
    await vi.waitFor(() => expect(accepted[0]!.events).toEqual(['close']))
    expect((await upgrade(offer(key))).status).toBe(101)
  })
})
