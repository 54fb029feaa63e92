/** The source's side of a connection: routes frames to the stores that the peer joins, and holds it to its limits. */
import { systemClock, type Clock } from '../clock.ts'
import { SyncError } from '../error.ts'
import type { Connection, Peer } from './connection.ts'
import type { UpFrame, WireError } from './frames.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { parseUpFrame } from './parse.ts'
import { protocolVersion } from './version.ts'
import { refusedBody, withChannel, type Body } from './wire.ts'

/** What a transport serves: every `Source` is one. */
export interface Served {
  readonly name: string
  /** Begins a session. Every frame of it goes through `port`. */
  accept(hello: UpFrame & { type: 'hello' }, port: SessionPort): Session
}

/** One session's way to its peer. */
export interface SessionPort {
  readonly peer: Peer
  readonly limits: Limits
  send(body: Body): void
  /** Tells the peer that nothing more will come, and why; the session is over. */
  refuse(error: WireError): void
}

/** The source's side of one peer and one store. */
export interface Session {
  receive(frame: UpFrame): void
  close(): void
}

/**
 * Serves stores on one connection, whose peer the transport has let in. Text that is no frame has no effect and gets a
 * `refused` on channel 0; a peer that sends more frames than it may is disconnected.
 *
 * @returns a function that ends all sessions and stops listening; it does not close the connection.
 */
export function serveConnection(
  stores: readonly Served[],
  connection: Connection,
  peer: Peer,
  limits?: Partial<Limits>,
  clock: Clock = systemClock,
): () => void {
  const host = new Host(stores, connection, peer, { ...defaultLimits, ...limits }, clock)
  const unsubscribe = connection.subscribe(host)
  return () => {
    unsubscribe()
    host.close()
  }
}

class Host {
  readonly #stores: ReadonlyMap<string, Served>
  readonly #connection: Connection
  readonly #peer: Peer
  readonly #limits: Limits
  readonly #clock: Clock
  readonly #sessions = new Map<number, Session>()
  #second = 0
  #frames = 0

  constructor(stores: readonly Served[], connection: Connection, peer: Peer, limits: Limits, clock: Clock) {
    this.#stores = new Map(stores.map((store) => [store.name, store]))
    this.#connection = connection
    this.#peer = peer
    this.#limits = limits
    this.#clock = clock
  }

  message(text: string): void {
    if (this.#isTooFast()) {
      this.#refuse(
        0,
        new SyncError(
          'too-many',
          `More than ${this.#limits.framesPerSecond} frames a second: the connection is closed`,
        ),
      )
      this.close()
      this.#connection.close()
      return
    }
    let frame: UpFrame
    try {
      frame = parseUpFrame(text, this.#limits)
    } catch (error) {
      this.#refuse(0, error as SyncError)
      return
    }
    if (frame.type === 'hello') this.#join(frame)
    else if (frame.type === 'bye') this.#leave(frame.channel)
    // A frame for a session that has ended crossed its end on the way.
    else this.#sessions.get(frame.channel)?.receive(frame)
  }

  close(): void {
    for (const channel of [...this.#sessions.keys()]) this.#leave(channel)
  }

  #join(frame: UpFrame & { type: 'hello' }): void {
    const { channel, version, store } = frame
    const served = this.#stores.get(store)
    if (version !== protocolVersion) {
      return this.#refuse(
        channel,
        new SyncError(
          'version-mismatch',
          `The source speaks version ${protocolVersion} of the protocol, the replica ${version}: install the same lockstep on both sides`,
        ),
      )
    }
    if (served === undefined) {
      const names = [...this.#stores.keys()].join(', ')
      return this.#refuse(
        channel,
        new SyncError('unknown-store', `No store ${JSON.stringify(store)} is served here, only: ${names}`),
      )
    }
    if (this.#sessions.has(channel))
      return this.#refuse(0, new SyncError('bad-frame', 'This channel is in use already'))
    if (this.#sessions.size >= this.#limits.sessions) {
      return this.#refuse(
        channel,
        new SyncError('too-many', `More than ${this.#limits.sessions} sessions on one connection`),
      )
    }
    const session = served.accept(frame, {
      peer: this.#peer,
      limits: this.#limits,
      send: (body) => {
        this.#connection.send(withChannel(channel, body))
      },
      refuse: (error) => {
        this.#refuse(channel, error)
        this.#sessions.delete(channel)
      },
    })
    this.#sessions.set(channel, session)
  }

  #leave(channel: number): void {
    const session = this.#sessions.get(channel)
    this.#sessions.delete(channel)
    session?.close()
  }

  #refuse(channel: number, error: WireError): void {
    this.#connection.send(withChannel(channel, refusedBody(error)))
  }

  #isTooFast(): boolean {
    const now = this.#clock.now()
    if (now - this.#second >= 1000) {
      this.#second = now
      this.#frames = 0
    }
    return ++this.#frames > this.#limits.framesPerSecond
  }
}
