/** The browser's end of a connection over a WebSocket; the head of `server.ts` describes what goes over it. */
import { systemClock, type Clock } from '../../clock.ts'
import { SyncError } from '../../error.ts'
import type { Connection } from '../../protocol/connection.ts'
import { createChannel } from '../channel.ts'
import { warn } from '../warn.ts'
import { keyPrefix, subprotocol } from './subprotocol.ts'

/** The first attempt to reconnect comes after up to this many ms; each further one after twice as many, up to the last. */
const firstDelay = 250
const lastDelay = 10_000

/** What is used of the browser's `WebSocket`; the `ws` package's has it too. */
export interface WebSocketLike {
  addEventListener(type: 'open' | 'message' | 'close' | 'error', listener: (event: unknown) => void): void
  send(text: string): void
  close(): void
}

export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike

/** The part of the DOM's `Storage` that is used. */
export interface KeyStorage {
  getItem(name: string): string | null
  setItem(name: string, value: string): void
}

export interface ConnectWebSocketOptions {
  /** `ws:` or `wss:` address of the server, e.g. `ws://127.0.0.1:5173/lockstep`. */
  url: string
  /** The one-time token that the page was opened with; of no use, and no harm, after that. */
  token?: string | null | undefined
  /** Keeps the session key, for reloads and for other windows of this origin. Default: `localStorage`. */
  storage?: KeyStorage
  clock?: Clock
  /** From 0 up to 1. Default: `Math.random`. */
  random?: () => number
  /** Default: the global one, which Node has from 22 on. */
  WebSocket?: WebSocketConstructor
}

/**
 * A connection to a `serveWebSocket`. It connects again by itself whenever it is lost, until it is closed.
 *
 * @throws SyncError `setup` if there is no `WebSocket`, it cannot take `url`, or `token` cannot be a token.
 */
export function connectWebSocket(options: ConnectWebSocketOptions): Connection {
  const { url, clock = systemClock, random = Math.random, storage = pageStorage } = options
  let token = options.token ?? undefined
  if (typeof token === 'string' && !/^[\w-]+$/.test(token)) {
    throw new SyncError('setup', 'The token is damaged: open the page by the whole address that the server gave')
  }

  const name = `lockstep ${url}`
  let ownKey: string | undefined
  let socket: WebSocketLike
  let failures = 0
  let hasWarned = false
  let isClosed = false
  let cancelRetry: (() => void) | undefined

  const channel = createChannel({
    send: (text) => socket.send(text),
    close() {
      isClosed = true
      cancelRetry?.()
      socket.close()
    },
  })
  connect()
  return channel.connection

  function connect(): void {
    // Another window may have stored a newer key meanwhile, from a server that has been restarted.
    const key = storage.getItem(name) ?? ownKey
    socket = createSocket(
      options.WebSocket,
      url,
      [subprotocol, token, key].filter((each) => each !== undefined),
    )
    let wasOpen = false
    socket.addEventListener('open', () => {
      wasOpen = true
      hasWarned = false
      // Used up.
      token = undefined
      channel.opened()
    })
    socket.addEventListener('message', (event) => {
      const { data } = event as { readonly data: unknown }
      if (typeof data !== 'string') return
      if (data.startsWith(keyPrefix)) {
        ownKey = data.slice(keyPrefix.length)
        storage.setItem(name, ownKey)
      } else {
        failures = 0
        channel.received(data)
      }
    })
    // `close` follows; `ws` throws an error that nobody listens to.
    socket.addEventListener('error', () => {})
    socket.addEventListener('close', () => {
      if (isClosed) return
      channel.lost()
      // The browser does not tell a refusal from a server that is not there. So the key is kept: it may still be good.
      if (!wasOpen && !hasWarned) {
        hasWarned = true
        warn(
          `No connection to ${url}, trying again. If the server runs, it has refused this page and says why; ` +
            'if it was restarted, open the new address that it gives.',
        )
      }
      const delay = Math.min(firstDelay * 2 ** failures, lastDelay)
      failures += 1
      cancelRetry = clock.schedule(connect, delay * (0.5 + random() / 2))
    })
  }
}

function createSocket(given: WebSocketConstructor | undefined, url: string, protocols: string[]): WebSocketLike {
  const Socket = given ?? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket
  if (Socket === undefined) throw new SyncError('setup', "No global WebSocket: pass connectWebSocket's `WebSocket`")
  try {
    return new Socket(url, protocols)
  } catch (cause) {
    throw new SyncError('setup', `No WebSocket can be opened to ${url}`, { cause })
  }
}

/** `localStorage`, where there is one and the browser lets the page use it. */
const pageStorage: KeyStorage = {
  getItem(name) {
    try {
      return localStorage.getItem(name)
    } catch {
      return null
    }
  },
  setItem(name, value) {
    try {
      localStorage.setItem(name, value)
    } catch {
      // This page keeps the key itself; only a reload needs a new address then.
    }
  },
}
