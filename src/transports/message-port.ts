/**
 * Connections over ports. A message is a string, one frame or several: to post one costs more than what is in it, so what
 * follows a frame while the same code runs goes together. The empty frame is none and means "closing": `close()` posts it
 * before it closes the port, because not every port tells that its other end was closed. Messages that are not strings are
 * not Lockstep's and are ignored.
 */
import type { Connection, ConnectionListener, Peer } from '../protocol/connection.ts'
import type { Limits } from '../protocol/limits.ts'
import { serveConnection, type Served } from '../protocol/serve.ts'

const closing = ''
/** Stands between two frames: U+001E, the record separator of RFC 7464, which is in no JSON text. */
const separator = '\x1e'
/**
 * At most so many frames go together, and one that is longer, in UTF-16 code units, does not wait for others. Whoever sends
 * millions of separators does not get them looked at.
 */
const most = 5_000

/**
 * What the DOM's `MessagePort` and `Worker`, a worker's `self`, the ports and `Worker` of `node:worker_threads`, and
 * Electron's `MessagePortMain`, `UtilityProcess` and `process.parentPort` have in common.
 */
export interface MessagePortLike {
  postMessage(message: string): void
  addEventListener?(type: string, listener: (event: unknown) => void): void
  on?(type: string, listener: (message: unknown) => void): unknown
  start?(): void
  close?(): void
}

/**
 * A connection over `port`, which is Lockstep's alone from now on. It is open at once (ports queue what is sent before
 * the other end listens) and, once lost, for good. Closing it closes a `MessagePort`; a worker goes on running.
 */
export function portConnection(port: MessagePortLike): Connection {
  /** Replaced when it changes, so that whoever goes through it need not copy it. */
  let listeners: readonly ConnectionListener[] = []
  let open = true
  let started = false
  /** What was sent after the first frame of the code that runs now, which is posted at once; `undefined` before that. */
  let following: string[] | undefined

  // A listener that is added meanwhile has been told by `subscribe`; one removed is not called.
  function each(run: (listener: ConnectionListener) => void): void {
    for (const listener of listeners) if (listeners.includes(listener)) run(listener)
  }

  function end(): void {
    if (!open) return
    open = false
    // Only ports can be started, and only they may be closed: `close()` of a worker's `self` would end the worker.
    if (port.start) port.close?.()
    each((listener) => listener.close?.(true))
  }

  function send(text: string): void {
    if (!open) return
    if (following) {
      if (following.push(text) === most || text.length > most) post([])
    } else {
      following = []
      // Here nobody else would hear of a port that throws.
      void Promise.resolve().then(post).catch(end)
      port.postMessage(text)
    }
  }

  /** @param next what goes on to follow; `undefined`: the code that ran has ended. */
  function post(next: string[] | void): void {
    const texts = following
    following = next as string[] | undefined
    if (texts?.length) port.postMessage(texts.join(separator))
  }

  function received(event: unknown): void {
    // Node's ports pass the message itself to `on`, all others an event.
    const message = (event as { data?: unknown } | null)?.data ?? event
    if (typeof message !== 'string') return
    for (const text of message.split(separator, most)) {
      if (text === closing) end()
      else if (open) each((listener) => listener.message(text))
    }
  }

  // Not by `addEventListener`: a page of Electron 25 that listens for a port's `close` crashes when it is reloaded.
  port.on?.('close', end)
  port.on?.('exit', end)
  return {
    send,
    subscribe(listener) {
      listeners = [...listeners, listener]
      listener[open ? 'open' : 'close']?.(true)
      if (open && !started) {
        started = true
        // Node's ports have both; for an event they would load half of Node first.
        ;(port.on ?? port.addEventListener!).call(port, 'message', received)
        port.start?.()
      }
      return () => {
        listeners = listeners.filter((other) => other !== listener)
      }
    },
    close() {
      send(closing)
      post()
      end()
    },
  }
}

/**
 * Lets the other end of `port` join `sources`. Whoever holds that end is trusted with them: hand it only to code that
 * may read them. When you remove its iframe or terminate its worker, call the function returned: in the DOM, nobody else
 * tells.
 *
 * @param peer what the sources are told about it.
 * @returns a function that ends its sessions and closes the port.
 */
export function servePort(
  sources: readonly Served[],
  port: MessagePortLike,
  peer: Peer = { transport: 'message-port', origin: '' },
  limits?: Partial<Limits>,
): () => void {
  const connection = portConnection(port)
  const stop = serveConnection(sources, connection, peer, limits)
  return () => {
    stop()
    connection.close()
  }
}
