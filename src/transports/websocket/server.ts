/**
 * Connections over WebSockets, for pages in a browser on the same machine. One frame is one text message. A page offers
 * the subprotocol `lockstep.1` followed by its credentials: a one-time token, a session key, or both. The answer to a
 * token is the first message, `key ` and the session key that lets its owner in from then on; it is no frame. So no
 * secret is in a path, a query or anything else that is commonly logged.
 */
import type { IncomingMessage, Server as HttpServer } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { systemClock, type Clock } from '../../clock.ts'
import { SyncError } from '../../error.ts'
import type { Connection } from '../../protocol/connection.ts'
import { defaultLimits, type Limits } from '../../protocol/limits.ts'
import { serveConnection, type Served } from '../../protocol/serve.ts'
import { byName } from '../../protocol/stores.ts'
import { createChannel } from '../channel.ts'
import { warn } from '../warn.ts'
import { createCredentials } from './credentials.ts'
import { offeredCredentials, peerOf, refusePeer, refuseUpgrade, type Refusal, type WebSocketPeer } from './handshake.ts'
import { keyPrefix, subprotocol } from './subprotocol.ts'

export type { WebSocketPeer } from './handshake.ts'

/** Sockets open at once. */
const maxSockets = 256
/** In bytes. Nobody who reads before acknowledging makes so much wait. */
const maxBuffered = 256 * 1024 * 1024
/** A socket that has not answered a ping by the next one, this many ms later, is cut. */
const pingInterval = 30_000

export interface ServeWebSocketOptions {
  /** Whose upgrade requests are answered. Bind it to 127.0.0.1: other machines are refused in any case. */
  server: HttpServer | HttpsServer
  /** Default: `/lockstep`. Upgrade requests for other paths are left to other listeners. */
  path?: string
  /** The values of `Host` that are let in, e.g. `['127.0.0.1:5173']`. */
  hosts: readonly string[]
  /** The values of `Origin` that are let in, e.g. `['http://127.0.0.1:5173']`. */
  origins: readonly string[]
  /** Asked last; only `true` lets the page in. */
  authorize?(peer: WebSocketPeer): boolean
  limits?: Partial<Limits>
  /** Told of each request that is refused. Default: a warning on the console, unless it is the same as the last. */
  onRefused?(error: SyncError, peer: WebSocketPeer): void
  clock?: Clock
}

export interface WebSocketService {
  /**
   * A secret that lets one page in, once, within 10 minutes. Put it into the fragment of the page's address (never into
   * its path or query), from where the page hands it to `connectWebSocket`. The 16 newest are good.
   */
  createToken(): string
  /** Disconnects all pages and stops serving; the HTTP server goes on. */
  close(): void
}

/**
 * Serves `sources` to pages in browsers on this machine. Nothing is allocated for a page until its address, `Host`,
 * `Origin` and credentials have been found good and `authorize` has said `true`.
 *
 * @throws SyncError `setup` if two sources share a name, or `hosts` or `origins` is empty or holds a wildcard.
 */
export function serveWebSocket(sources: readonly Served[], options: ServeWebSocketOptions): WebSocketService {
  const { server, path = '/lockstep', hosts, origins, clock = systemClock } = options
  byName(sources)
  requireExact('hosts', hosts)
  requireExact('origins', origins)
  const credentials = createCredentials(clock)
  const { frameLength } = { ...defaultLimits, ...options.limits }
  const connections = new Map<WebSocket, Connection>()
  const upgrader = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    // In bytes; a UTF-16 code unit takes at most three of them. The exact limit is checked with the frame.
    maxPayload: frameLength * 3,
    handleProtocols: () => subprotocol,
  })

  /** Lets a request in or says why not. */
  function admit(
    request: IncomingMessage,
    peer: WebSocketPeer,
  ): Refusal | { readonly enter: () => string | undefined } {
    const refusal = refusePeer(peer, hosts, origins)
    if (refusal) return refusal
    const offered = offeredCredentials(request)
    if ('status' in offered) return offered
    const enter = credentials.check(offered)
    if (enter === undefined) {
      return { status: 401, message: 'no good token or session key: open the page by a new address from the server' }
    }
    if (connections.size >= maxSockets) return { status: 503, message: 'too many connections: close some pages' }
    if (!isAuthorized(peer)) return { status: 403, message: "serveWebSocket's `authorize` did not return true" }
    return { enter }
  }

  function isAuthorized(peer: WebSocketPeer): boolean {
    try {
      return options.authorize === undefined || options.authorize(peer) === true
    } catch {
      return false
    }
  }

  let lastWarning = ''
  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (request.url?.split('?', 1)[0] !== path) {
      // Nobody else would answer it, and the socket would stay open.
      if (server.listenerCount('upgrade') === 1) refuseUpgrade(socket, { status: 404, message: 'nothing is here' })
      return
    }
    const peer = peerOf(request)
    const admission = admit(request, peer)
    if ('enter' in admission) {
      upgrader.handleUpgrade(request, socket, head, (webSocket) => {
        const key = admission.enter()
        if (key !== undefined) webSocket.send(keyPrefix + key)
        accept(webSocket, peer)
      })
      return
    }
    refuseUpgrade(socket, admission)
    const error = new SyncError(
      admission.status === 503 ? 'too-many' : 'refused',
      `A page was refused: ${admission.message}`,
    )
    if (options.onRefused) options.onRefused(error, peer)
    // A page that is refused tries again and again; saying it once is enough.
    else if (error.message !== lastWarning) warn((lastWarning = error.message))
  }

  const alive = new WeakSet<WebSocket>()

  function accept(webSocket: WebSocket, peer: WebSocketPeer): void {
    const channel = createChannel({
      send(text) {
        if (webSocket.bufferedAmount > maxBuffered) webSocket.terminate()
        else webSocket.send(text)
      },
      close: () => webSocket.close(),
    })
    connections.set(webSocket, channel.connection)
    alive.add(webSocket)
    webSocket.on('pong', () => alive.add(webSocket))
    webSocket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) return channel.received(data.toString())
      webSocket.close(1003, 'frames are text')
      channel.ended()
    })
    // After a message beyond `maxPayload`, broken UTF-8 or a reset, `ws` itself tells the peer and closes.
    webSocket.on('error', () => {})
    webSocket.on('close', () => {
      connections.delete(webSocket)
      channel.ended()
    })
    channel.opened()
    const stop = serveConnection(sources, channel.connection, peer, options.limits)
    channel.connection.subscribe({ message() {}, close: stop })
  }

  let cancelPing = schedulePing()
  function schedulePing(): () => void {
    return clock.schedule(() => {
      for (const webSocket of connections.keys()) {
        if (alive.delete(webSocket)) webSocket.ping()
        else webSocket.terminate()
      }
      cancelPing = schedulePing()
    }, pingInterval)
  }

  server.on('upgrade', onUpgrade)
  return {
    createToken: () => credentials.createToken(),
    close() {
      cancelPing()
      server.off('upgrade', onUpgrade)
      for (const connection of connections.values()) connection.close()
    },
  }
}

function requireExact(option: 'hosts' | 'origins', values: readonly string[] | undefined): void {
  if (!values?.length || values.some((value) => value === 'null' || value.includes('*'))) {
    throw new SyncError(
      'setup',
      `List the exact ${option} in serveWebSocket's \`${option}\`; wildcards and "null" let anybody in`,
    )
  }
}
