import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { Clock } from '../../clock.ts'
import type { Connection } from '../../protocol/connection.ts'
import { connectWebSocket, type ConnectWebSocketOptions, type KeyStorage } from './client.ts'
import { serveWebSocket } from './server.ts'

const { serveConnection } = vi.hoisted(() => ({ serveConnection: vi.fn() }))
vi.mock('../../protocol/serve.ts', () => ({ serveConnection }))

const url = 'ws://127.0.0.1:5173/lockstep'
/** Every socket that a client has made, as the browser's end of a server that the test plays. */
let sockets: FakeSocket[]
/** Reconnects that have been asked for: when, and how. */
let scheduled: { delay: number; run: () => void; cancelled: boolean }[]
let stored: Map<string, string>
let warnings: string[]

class FakeSocket extends EventTarget {
  readonly url: string
  readonly offers: string[]
  readonly sent: string[] = []
  closed = false

  constructor(to: string, offers: string[]) {
    super()
    this.url = to
    this.offers = offers
    sockets.push(this)
  }

  send(text: string): void {
    this.sent.push(text)
  }

  close(): void {
    this.closed = true
  }

  says(type: 'open' | 'close' | 'message', data?: unknown): void {
    this.dispatchEvent(Object.assign(new Event(type), { data }))
  }
}

const clock: Clock = {
  now: () => 0,
  schedule(run, delay) {
    const entry = { run, delay, cancelled: false }
    scheduled.push(entry)
    return () => {
      entry.cancelled = true
    }
  },
}

const storage: KeyStorage = {
  getItem: (name) => stored.get(name) ?? null,
  setItem: (name, value) => void stored.set(name, value),
}

beforeEach(() => {
  sockets = []
  scheduled = []
  stored = new Map()
  warnings = []
  vi.spyOn(console, 'warn').mockImplementation((text: string) => void warnings.push(text))
})
afterEach(() => {
  vi.restoreAllMocks()
})

function connect(options: Partial<ConnectWebSocketOptions> = {}) {
  const connection = connectWebSocket({ url, storage, clock, random: () => 1, WebSocket: FakeSocket, ...options })
  const events: string[] = []
  connection.subscribe({
    open: () => events.push('open'),
    message: (text) => events.push(text),
    close: () => events.push('close'),
  })
  return { connection, events }
}

describe('connectWebSocket', () => {
  it('offers its token, and from then on the session key it got for it, which it stores', () => {
    const { connection, events } = connect({ token: 'token' })
    expect(sockets[0]!.offers).toEqual(['lockstep.1', 'token'])
    expect(sockets[0]!.url).toBe(url)
    sockets[0]!.says('open')
    sockets[0]!.says('message', 'key secret')
    sockets[0]!.says('message', '[1]')
    connection.send('[2]')
    expect(events).toEqual(['open', '[1]'])
    expect(sockets[0]!.sent).toEqual(['[2]'])
    sockets[0]!.says('close')
    scheduled[0]!.run()
    expect(sockets[1]!.offers).toEqual(['lockstep.1', 'secret'])
    sockets[1]!.says('open')
    expect(events).toEqual(['open', '[1]', 'close', 'open'])
    connect({ token: 'token' })
    expect(sockets[2]!.offers).toEqual(['lockstep.1', 'token', 'secret'])
  })

  it('keeps its key itself where nothing can be stored', () => {
    const nothing: KeyStorage = { getItem: () => null, setItem() {} }
    connect({ token: 'token', storage: nothing })
    sockets[0]!.says('open')
    sockets[0]!.says('message', 'key secret')
    sockets[0]!.says('close')
    scheduled[0]!.run()
    expect(sockets[1]!.offers).toEqual(['lockstep.1', 'secret'])
  })

  it('takes up a key that another window has stored since', () => {
    stored.set(`lockstep ${url}`, 'old')
    connect()
    sockets[0]!.says('close')
    stored.set(`lockstep ${url}`, 'new')
    scheduled[0]!.run()
    expect(sockets.map(({ offers }) => offers)).toEqual([
      ['lockstep.1', 'old'],
      ['lockstep.1', 'new'],
    ])
  })

  it('tries again ever more slowly, until a frame has come', () => {
    connect({ token: 'token' })
    for (let i = 0; i < 7; i += 1) {
      sockets[i]!.says('close')
      scheduled[i]!.run()
    }
    expect(scheduled.map(({ delay }) => delay)).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000])
    // Let in, and thrown out at once.
    sockets[7]!.says('open')
    sockets[7]!.says('message', 'key secret')
    sockets[7]!.says('close')
    expect(scheduled[7]!.delay).toBe(10_000)
    scheduled[7]!.run()
    sockets[8]!.says('open')
    sockets[8]!.says('message', '[1]')
    sockets[8]!.says('close')
    expect(scheduled[8]!.delay).toBe(250)
  })

  it('spreads the attempts of many pages', () => {
    connect({ random: () => 0 })
    sockets[0]!.says('close')
    expect(scheduled[0]!.delay).toBe(125)
  })

  it('warns once an outage, without a secret', () => {
    connect({ token: 'token' })
    for (let i = 0; i < 3; i += 1) {
      sockets[i]!.says('close')
      scheduled[i]!.run()
    }
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch(/open the new address/)
    expect(warnings[0]).not.toContain('token')
    sockets[3]!.says('open')
    sockets[3]!.says('close')
    scheduled[3]!.run()
    expect(warnings).toHaveLength(1)
    sockets[4]!.says('close')
    expect(warnings).toHaveLength(2)
  })

  it('stops for good when it is closed', () => {
    const { connection, events } = connect()
    sockets[0]!.says('open')
    connection.close()
    expect(sockets[0]!.closed).toBe(true)
    sockets[0]!.says('close')
    expect(events).toEqual(['open', 'close'])
    expect(scheduled).toEqual([])
  })

  it('stops waiting for the next attempt when it is closed', () => {
    const { connection } = connect()
    sockets[0]!.says('close')
    connection.close()
    expect(scheduled[0]!.cancelled).toBe(true)
  })

  it('says what is missing', () => {
    expect(() => connect({ token: 'not a token' })).toThrow(expect.objectContaining({ code: 'setup' }))
    vi.stubGlobal('WebSocket', undefined)
    expect(() => connectWebSocket({ url, storage })).toThrow(expect.objectContaining({ code: 'setup' }))
    vi.unstubAllGlobals()
    expect(() => connectWebSocket({ url: 'mailto:a', storage, WebSocket })).toThrow(
      expect.objectContaining({ code: 'setup' }),
    )
    connect({ token: null }).connection.close()
  })

  it('does without a localStorage', () => {
    vi.stubGlobal('localStorage', undefined)
    connectWebSocket({ url, clock, WebSocket: FakeSocket })
    sockets[0]!.says('open')
    sockets[0]!.says('message', 'key secret')
    vi.unstubAllGlobals()
    expect(sockets).toHaveLength(1)
  })
})

describe('connectWebSocket and serveWebSocket', () => {
  let server: Server
  let address: string
  const cleanups: (() => void)[] = []

  beforeEach(async () => {
    serveConnection.mockReset().mockImplementation((_sources, connection: Connection) => {
      connection.subscribe({ message: (text) => connection.send(`echo ${text}`) })
      return () => {}
    })
    server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) cleanup()
    await new Promise((resolve) => server.close(resolve))
  })

  class Browser extends WebSocket {
    constructor(to: string, offers: string[]) {
      super(to, offers, { origin: 'http://app.test' })
    }
  }

  function start() {
    const service = serveWebSocket([], { server, hosts: [address], origins: ['http://app.test'], onRefused() {} })
    cleanups.push(service.close)
    return service
  }

  function page(token?: string) {
    const opened = connect({ url: `ws://${address}/lockstep`, token, WebSocket: Browser })
    cleanups.push(opened.connection.close)
    return opened
  }

  it('work together: a token once, reloads and second windows by the key', async () => {
    const token = start().createToken()
    const first = page(token)
    first.connection.subscribe({ open: () => first.connection.send('1'), message() {} })
    await vi.waitFor(() => expect(first.events).toEqual(['open', 'echo 1']))
    const reloaded = page(token)
    const second = page()
    await vi.waitFor(() => expect([reloaded.events, second.events]).toEqual([['open'], ['open']]))
    expect(warnings).toEqual([])
  })

  it('find each other again when the connection is cut', async () => {
    const service = start()
    const { events } = page(service.createToken())
    await vi.waitFor(() => expect(events).toEqual(['open']))
    await vi.waitFor(() => expect(stored.size).toBe(1))
    for (const [, connection] of serveConnection.mock.calls as [unknown, Connection][]) connection.close()
    await vi.waitFor(() => expect(events).toEqual(['open', 'close']))
    scheduled[0]!.run()
    await vi.waitFor(() => expect(events).toEqual(['open', 'close', 'open']))
  })

  it('heal a page of a restarted server as soon as another was opened by its new address', async () => {
    const before = start()
    const old = page(before.createToken())
    await vi.waitFor(() => expect(stored.size).toBe(1))
    before.close()
    await vi.waitFor(() => expect(old.events).toEqual(['open', 'close']))
    const after = start()
    scheduled[0]!.run()
    await vi.waitFor(() => expect(warnings).toHaveLength(1))
    const stale = [...stored.values()][0]
    page(after.createToken())
    await vi.waitFor(() => expect([...stored.values()][0]).not.toBe(stale))
    scheduled[1]!.run()
    await vi.waitFor(() => expect(old.events).toEqual(['open', 'close', 'open']))
  })
})
