/** A live, read-only copy of a store: the document that shows it, and the machine that keeps it in step. */
import { systemClock, type Clock } from '../clock.ts'
import type { CommandCalls, StoreDefinition } from '../definition.ts'
import { ReplicaDocument } from '../document/replica-document.ts'
import { pathKey } from '../document/path.ts'
import type { Container } from '../document/tree.ts'
import type { At, Immutable, Key, Path, Readable, ValidPath } from '../document/types.ts'
import { SyncError, reportUncaught } from '../error.ts'
import { nextChannel, type Connection } from '../protocol/connection.ts'
import type { DownFrame, UpFrame } from '../protocol/frames.ts'
import { parseDownFrame } from '../protocol/parse.ts'
import { hello, upFrameText } from '../protocol/wire.ts'
import { copyArgument } from './argument.ts'
import { createCalls, type Calls } from './calls.ts'
import type { Diagnosis } from './diagnosis.ts'
import { initialMachine, transition, type Effect, type Event, type Machine, type Status } from './machine.ts'
import { createReader, type Reader } from './reader.ts'
import { select } from './select.ts'
import type { Replica, ReplicaOptions } from './types.ts'

/** Makes a replica. It joins its store as soon as the connection is open, and again whenever it reopens. */
export function createReplica<State extends object, Commands>(
  definition: StoreDefinition<State, Commands>,
  connection: Connection,
  options: ReplicaOptions = {},
): Replica<State, Commands> {
  return new StoreReplica(definition, connection, options)
}

class StoreReplica<State extends object, Commands> implements Replica<State, Commands> {
  readonly call: CommandCalls<Commands>
  readonly ready: Promise<void>
  readonly status: Readable<Status>
  readonly #document: ReplicaDocument
  readonly #connection: Connection
  readonly #status = new ReplicaDocument({ status: 'connecting' }, reportUncaught)
  readonly #onError: (error: unknown) => void
  readonly #calls: Calls
  readonly #clock: Clock
  readonly #send: (frame: UpFrame) => void
  readonly #watches = new Map<string, { readonly path: Path; count: number }>()
  readonly #unsubscribe: () => void
  #machine: Machine
  #appliedAt: number | undefined
  #settleReady: { resolve: () => void; reject: (error: SyncError) => void } | undefined

  constructor(definition: StoreDefinition<State, Commands>, connection: Connection, options: ReplicaOptions) {
    this.#connection = connection
    this.#onError = options.onError ?? reportUncaught
    this.#document = new ReplicaDocument(structuredClone(definition.state()) as Container, this.#onError)
    this.#machine = initialMachine(definition.name)
    this.#clock = options.clock ?? systemClock
    this.#send = (frame) => {
      connection.send(upFrameText(frame))
    }
    this.#calls = createCalls(this.#send)
    this.call = new Proxy({} as CommandCalls<Commands>, {
      // Not a thenable, whoever awaits it.
      get: (_, name) =>
        typeof name === 'string' && name !== 'then' ? (argument: unknown) => this.#call(name, argument) : undefined,
    })
    this.status = this.#status.at(['status']) as Readable<Status>
    this.ready = new Promise<void>((resolve, reject) => {
      this.#settleReady = { resolve, reject }
    })
    // Who does not wait for it has `status` to look at.
    this.ready.catch(() => undefined)
    this.#unsubscribe = connection.subscribe({
      open: () => {
        this.#dispatch({ type: 'open' })
      },
      message: (text) => {
        this.#receive(text)
      },
      close: () => {
        this.#dispatch({ type: 'lost' })
      },
    })
  }

  get error(): SyncError | undefined {
    return this.#machine.error
  }

  get revision(): number {
    return this.#machine.known?.revision ?? -1
  }

  get(): Immutable<State> {
    return this.#document.get([]) as Immutable<State>
  }

  subscribe(run: (value: Immutable<State>) => void): () => void {
    return this.#document.subscribe([], run as (value: unknown) => void)
  }

  at<const P extends readonly Key[]>(...path: P & ValidPath<State, P>): Readable<Immutable<At<State, P>>> {
    return this.#document.at(path) as Readable<Immutable<At<State, P>>>
  }

  select<T>(fn: (state: Immutable<State>) => T, equal?: (a: T, b: T) => boolean): Readable<T> {
    return select(this, fn, equal)
  }

  reader<const P extends readonly Key[]>(...path: P & ValidPath<State, P>): Reader {
    return createReader(this.#document.at(path), () => this.#watch(path))
  }

  async settled(): Promise<void> {
    this.#checkUsable()
    await this.#calls.ping()
  }

  async diagnose(timeout?: number): Promise<Diagnosis> {
    const { diagnose } = await import('./diagnose.ts')
    const mine = [this.status, this.#clock, this.#connection, this.#document, this.#watches, this.#appliedAt] as const
    return diagnose([...mine, () => this.#machine, this.#send, hello, parseDownFrame, nextChannel], timeout)
  }

  close(): void {
    if (this.#machine.status === 'closed') return
    this.#dispatch({ type: 'close' })
    this.#unsubscribe()
  }

  async #call(name: string, argument: unknown): Promise<unknown> {
    this.#checkUsable()
    return await this.#calls.call(name, copyArgument(argument))
  }

  #receive(text: string): void {
    const { channel } = this.#machine
    // Other replicas on this connection have other channels; theirs need not be parsed here.
    if (!text.startsWith(`[${channel},`) && !text.startsWith('[0,')) return
    let frame: DownFrame
    try {
      frame = parseDownFrame(text)
    } catch (error) {
      this.#diverged(error, this.#machine)
      return
    }
    this.#dispatch({ type: 'frame', frame })
  }

  #diverged(cause: unknown, before: Machine): void {
    const error =
      cause instanceof SyncError ? cause : new SyncError('bad-frame', 'A frame could not be applied', { cause })
    const hopeless = before.known === undefined
    if (!hopeless) this.#onError(error)
    this.#dispatch({ type: 'diverged', hopeless, error })
  }

  #dispatch(event: Event): void {
    const before = this.#machine
    const [machine, effects] = transition(before, event, () => nextChannel(this.#connection))
    this.#machine = machine
    for (const effect of effects) {
      try {
        this.#perform(effect, before)
      } catch (error) {
        // Only applying can fail: a source and a replica that disagree.
        this.#diverged(error, before)
        return
      }
    }
    // Performing may have dispatched again; whoever comes last tells.
    if (this.#machine.status !== this.status.get()) this.#statusChanged(this.#machine)
  }

  #perform(effect: Effect, before: Machine): void {
    switch (effect.type) {
      case 'send':
        return this.#send(effect.frame)
      case 'install':
        return this.#document.install(effect.value)
      case 'apply':
        this.#document.apply(effect.ops)
        return this.#document.notify(effect.ops)
      case 'reached':
        this.#appliedAt = this.#clock.now()
        return this.#calls.reached(this.revision, before.known?.epoch !== this.#machine.known?.epoch)
      case 'joined':
        return this.#joined()
      case 'left':
        return this.#calls.left()
      case 'answer':
        return this.#calls.answered(effect.frame, this.revision)
      case 'report':
        return this.#onError(effect.error)
    }
  }

  #joined(): void {
    const { channel, status } = this.#machine
    // A listener that was told of the state may have closed the replica or the connection.
    if (status !== 'live') return
    for (const { path } of this.#watches.values()) this.#send({ type: 'watch', channel, path })
    this.#calls.joined(channel)
  }

  #statusChanged({ status, error }: Machine): void {
    this.#status.install({ status })
    if (status === 'live') this.#settleReady?.resolve()
    if (status === 'live' || status === 'connecting') return
    const reason = error ?? closed()
    this.#settleReady?.reject(reason)
    this.#calls.fail(reason)
  }

  #watch(path: Path): () => void {
    const key = pathKey(path)
    const watch = this.#watches.get(key) ?? { path, count: 0 }
    this.#watches.set(key, watch)
    if (++watch.count === 1) this.#sendWatch('watch', path)
    let ended = false
    return () => {
      if (ended) return
      ended = true
      if (--watch.count > 0) return
      this.#watches.delete(key)
      this.#sendWatch('unwatch', path)
    }
  }

  #sendWatch(type: 'watch' | 'unwatch', path: Path): void {
    const { channel, status } = this.#machine
    if (status === 'live') this.#send({ type, channel, path })
  }

  #checkUsable(): void {
    const { status, error } = this.#machine
    if (status === 'refused' || status === 'closed') throw error ?? closed()
  }
}

function closed(): SyncError {
  return new SyncError('closed', 'The replica was closed')
}
