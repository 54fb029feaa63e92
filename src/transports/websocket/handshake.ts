import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { STATUS_CODES } from 'node:http'
import type { Peer } from '../../protocol/connection.ts'
import { subprotocol } from './subprotocol.ts'

/** A page in a browser on this machine, as its upgrade request describes it. */
export interface WebSocketPeer extends Peer {
  readonly transport: 'websocket'
  /** The `Host` it asked for. */
  readonly host: string
  readonly remoteAddress: string
}

/** Why a request is refused: the HTTP status, and what to do about it. Holds no secret. */
export interface Refusal {
  readonly status: number
  readonly message: string
}

export function peerOf(request: IncomingMessage): WebSocketPeer {
  return {
    transport: 'websocket',
    origin: request.headers.origin ?? '',
    host: request.headers.host ?? '',
    remoteAddress: request.socket.remoteAddress ?? '',
  }
}

/** What can be said against a peer before anything it knows is looked at. */
export function refusePeer(
  peer: WebSocketPeer,
  hosts: readonly string[],
  origins: readonly string[],
): Refusal | undefined {
  if (!/^(::1|(::ffff:)?127(\.\d{1,3}){3})$/.test(peer.remoteAddress)) {
    return { status: 403, message: 'only this machine may connect: bind the server to 127.0.0.1' }
  }
  // A page of another site that has rebound its own name to 127.0.0.1 gives itself away here.
  if (!hosts.includes(peer.host)) {
    return { status: 403, message: `host ${JSON.stringify(peer.host)} is not in serveWebSocket's \`hosts\`` }
  }
  if (!origins.includes(peer.origin)) {
    return { status: 403, message: `origin ${JSON.stringify(peer.origin)} is not in serveWebSocket's \`origins\`` }
  }
  return undefined
}

/** The credentials that a request offers, or why it offers none. */
export function offeredCredentials(request: IncomingMessage): readonly string[] | Refusal {
  const [version, ...credentials] = (request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((each) => each.trim())
  if (version !== subprotocol) {
    return {
      status: 426,
      message: `connect with the subprotocol ${subprotocol}: server and page are of different versions`,
    }
  }
  if (credentials.length > 2) return { status: 400, message: 'offer a token and a session key at most' }
  return credentials
}

/** Answers an upgrade request by an error and closes its socket. */
export function refuseUpgrade(socket: Duplex, { status, message }: Refusal): void {
  const body = `${message}\n`
  // A peer that has gone in the meantime is no error of the server's.
  socket.on('error', () => {})
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
