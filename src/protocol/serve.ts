/** The source's side of a connection: routes frames to the stores that the peer joins, and holds it to its limits. */
import { systemClock, type Clock } from '../clock.ts'
import { SyncError } from '../error.ts'
import type { Connection, ConnectionListener, Peer } from './connection.ts'
import type { UpFrame, WireError } from './frames.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { callIn, parseUpFrame } from './parse.ts'
import { isTracing, tracedForDebug } from './traced.ts'
import { byName } from './stores.ts'
import { protocolVersion } from './version.ts'
import { refusedBody, withChannel, type Body } from './wire.ts'

type Hello = UpFrame & { readonly type: 'hello' }
/** What a peer says in a session; how one begins and ends is the connection's to hear. */
export type SessionFrame = Exclude<UpFrame, { readonly type: 'hello' | 'bye' }>

/** What a transport serves: every `Source` is one. */
export interface Served {
  readonly name: string
  /** Begins a session. Every frame of it goes through `port`. */
  accept(hello: Hello, port: SessionPort): Session
}

/** One session's way to its peer. */
export interface SessionPort {
  readonly peer: Peer
  readonly limits: Limits
  send(body: Body): void
  /** Tells the peer that nothing more will come, and why; the session is over, and `close` is not called. */
  refuse(error: WireError): void
}

/** The source's side of one peer and one store. */
export interface Session {
  receive(frame: SessionFrame): void
  /** A call has arrived that could not be read, or is too large. Not needed where there are no commands. */
  refuseCall?(id: number, error: WireError): void
  /** The peer has left or is gone: nothing more is to be sent. Called once, and nothing else is after it. */
  close(): void
}

/**
 * Serves stores on one connection, whose peer the transport has let in. Text that is no frame has no effect and is
 * complained of on channel 0; a peer that asks for more than it may is disconnected.
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
  const watched = isTracing() ? tracedForDebug(connection, peer, clock) : connection
  const host = new Host(stores, watched, peer, { ...defaultLimits, ...limits }, clock)
  const unsubscribe = watched.subscribe(host)
  return () => {
    unsubscribe()
    host.close()
  }
}

class Host implements ConnectionListener {
  readonly #stores: ReadonlyMap<string, Served>
  readonly #connection: Connection
  readonly #peer: Peer
  readonly #limits: Limits
  readonly #clock: Clock
  readonly #sessions = new Map<number, Session>()
  #isOpen = false
  /** Channels count upwards, so those that were used need not be remembered. */
  #lastChannel = 0
  /** How often the peer has joined since it last acknowledged anything, sessions that are over included. */
  #unacknowledged = 0
  #second = Number.NEGATIVE_INFINITY
  #spent = 0

  constructor(stores: readonly Served[], connection: Connection, peer: Peer, limits: Limits, clock: Clock) {
    this.#stores = byName(stores)
    this.#connection = connection
    this.#peer = peer
    this.#limits = limits
    this.#clock = clock
  }

  open(): void {
    this.#isOpen = true
    this.#lastChannel = 0
    this.#unacknowledged = 0
  }

  message(text: string): void {
    if (!this.#isOpen || !this.#spend(1)) return
    let frame: UpFrame
    try {
      frame = parseUpFrame(text, this.#limits)
    } catch (error) {
      this.#complain(text, error as SyncError)
      return
    }
    if (frame.type === 'hello') return this.#join(frame)
    if (frame.type === 'bye') return this.#leave(frame.channel)
    if (frame.type === 'ack') this.#unacknowledged = 0
    if (frame.type === 'ping' && frame.report && !this.#spend(this.#extraCost)) return
    // A frame for a session that has ended crossed its end on the way.
    this.#sessions.get(frame.channel)?.receive(frame)
  }

  close(): void {
    this.#isOpen = false
    for (const channel of [...this.#sessions.keys()]) this.#leave(channel)
  }

  #join(hello: Hello): void {
    if (!this.#spend(this.#extraCost)) return
    const { channel } = hello
    if (channel <= this.#lastChannel) {
      // A refusal on that channel would end the session that has it; where none has, somebody may be waiting for it.
      const refusedOn = this.#sessions.has(channel) ? 0 : channel
      return this.#refuse(refusedOn, new SyncError('bad-frame', `Channel ${channel} was used before: count upwards`))
    }
    this.#lastChannel = channel
    // Before anything of the new session happens: what still comes in the one that it replaces is ignored.
    this.#leave(hello.replaces)
    const served = this.#admit(hello)
    if (served instanceof SyncError) this.#refuse(channel, served)
    else this.#begin(hello, served)
  }

  #admit({ version, store }: Hello): Served | SyncError {
    if (version !== protocolVersion) {
      return new SyncError(
        'version-mismatch',
        `The source speaks version ${protocolVersion} of the protocol, the replica ${version}: install the same lockstep on both sides`,
      )
    }
    const { sessions } = this.#limits
    if (this.#sessions.size >= sessions)
      return new SyncError('too-many', `More than ${sessions} sessions on one connection`)
    if (this.#unacknowledged >= sessions)
      return new SyncError('too-many', `Joined ${sessions} times without acknowledging anything`)
    // The other stores are not named: not every peer is to know of them.
    const unknown = (): SyncError => new SyncError('unknown-store', `No store ${JSON.stringify(store)} is served here`)
    return this.#stores.get(store) ?? unknown()
  }

  #begin(hello: Hello, served: Served): void {
    const { channel } = hello
    let isOver = false
    this.#unacknowledged++
    const session = served.accept(hello, {
      peer: this.#peer,
      limits: this.#limits,
      send: (body) => {
        this.#connection.send(withChannel(channel, body))
      },
      refuse: (error) => {
        isOver = true
        this.#sessions.delete(channel)
        this.#refuse(channel, error)
      },
    })
    // Both may have happened while it began.
    if (!this.#isOpen) session.close()
    else if (!isOver) this.#sessions.set(channel, session)
  }

  #leave(channel: number): void {
    const session = this.#sessions.get(channel)
    this.#sessions.delete(channel)
    session?.close()
  }

  /** Answers a text that was refused: the call that is in it, if one can be made out, so that nobody waits for ever. */
  #complain(text: string, error: SyncError): void {
    if (!this.#spend(this.#extraCost)) return
    const call = callIn(text)
    const session = call === undefined ? undefined : this.#sessions.get(call.channel)
    if (call === undefined || session?.refuseCall === undefined) this.#refuse(0, error)
    else session.refuseCall(call.id, error)
  }

  #refuse(channel: number, error: WireError): void {
    this.#connection.send(withChannel(channel, refusedBody(error)))
  }

  /** What joining, being complained of and reports cost beyond a frame: nobody who means well does it often. */
  get #extraCost(): number {
    return Math.floor(this.#limits.framesPerSecond / (4 * this.#limits.sessions))
  }

  /** Disconnects the peer and returns `false` if it has asked for too much in this second. */
  #spend(cost: number): boolean {
    const now = this.#clock.now()
    if (now - this.#second >= 1000) {
      this.#second = now
      this.#spent = 0
    }
    this.#spent += cost
    if (this.#spent <= this.#limits.framesPerSecond) return true
    this.#refuse(0, new SyncError('too-many', 'Too many frames in a second: the connection is closed'))
    this.close()
    this.#connection.close()
    return false
  }
}
