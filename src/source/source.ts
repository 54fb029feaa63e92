/** The authoritative store: a document, the log of its commits, and the sessions that follow it. */
import { systemClock, type Clock } from '../clock.ts'
import type { CommandHandlers, StoreDefinition } from '../definition.ts'
import { Document, copyState } from '../document/document.ts'
import { pathKey } from '../document/path.ts'
import { copyIn } from '../document/storable.ts'
import type { At, Draft, Immutable, Key, Op, Readable, ValidPath } from '../document/types.ts'
import { SyncError, reportUncaught } from '../error.ts'
import type { Peer } from '../protocol/connection.ts'
import type { UpFrame } from '../protocol/frames.ts'
import type { Served, Session, SessionPort } from '../protocol/serve.ts'
import { commitBody, snapshotBody, type Body } from '../protocol/wire.ts'
import { Log } from './log.ts'
import { defaultPace, type Pace } from './pace.ts'
import { BodyCache, Publisher } from './publisher.ts'
import { StoreSession, type SessionHost } from './session.ts'
import { createWriter, type Writer } from './writer.ts'

/** What a command gets besides its argument. */
export interface CommandContext<State extends object> {
  readonly source: Source<State>
  /** Who calls, as the transport has verified it. */
  readonly peer: Peer
}

export interface SourceOptions<State extends object, Commands> extends Partial<Pace> {
  /** The commands of the definition, which run in this process only. */
  readonly commands?: CommandHandlers<Commands, CommandContext<State>>
  /** The state to begin with, instead of the definition's. */
  readonly state?: State
  /** How many ops the log keeps for sessions that fall behind or come back; default 8,192. */
  readonly logLength?: number
  /** Gets what a listener throws; by default `reportError`. */
  readonly onError?: (error: unknown) => void
  readonly clock?: Clock
  /** Makes the source's epoch, a text that no other life of it has had. */
  readonly epoch?: () => string
}

/** The authoritative store, in the process that owns the state. */
export interface Source<State extends object> extends Readable<Immutable<State>>, Served {
  /** How many commits there have been. */
  readonly revision: number
  /** What is at a path, now and from now on; `undefined` where nothing is. */
  at<const P extends readonly Key[]>(...path: P & ValidPath<State, P>): Readable<Immutable<At<State, P>>>
  /**
   * Changes the state and publishes the change, as one commit: write to the draft as to plain data. All or nothing: if
   * `fn` throws, nothing has happened. Returns what `fn` returns.
   *
   * @throws SyncError `not-storable` (with the path) where a value is written that cannot cross, `bad-update` in an update
   * or for an `async` function, `out-of-bounds`, `reserved-key`, `too-deep`.
   */
  update<R>(fn: (draft: Draft<State>) => R): R
  /** Makes the state equal to `next`; what is equal already stays as it is, and nobody hears of it. */
  replace(next: State): void
  /**
   * Adds `chunk` to the end of a text.
   *
   * @throws SyncError `bad-path` if there is no text.
   */
  append<const P extends readonly Key[]>(path: P & ValidPath<State, P>, chunk: string): void
  /** A writer for the text at a path. */
  writer<const P extends readonly Key[]>(...path: P & ValidPath<State, P>): Writer
  /** Ends all sessions; the source cannot be changed any more. */
  close(): void
}

/**
 * Makes a source.
 *
 * @throws SyncError `not-storable` if the initial state cannot be stored, `setup` if a command is missing.
 */
export function createSource<State extends object, Commands>(
  definition: StoreDefinition<State, Commands>,
  ...[options]: [keyof Commands] extends [never]
    ? [options?: SourceOptions<State, Commands>]
    : [options: SourceOptions<State, Commands> & Required<Pick<SourceOptions<State, Commands>, 'commands'>>]
): Source<State> {
  return new StoreSource(definition, options ?? {})
}

type AnyCommands<State extends object> = Partial<
  Record<string, (argument: unknown, context: CommandContext<State>) => unknown>
>

/** How many revisions of sessions that have left stay resumable for certain. */
const maxDeparted = 64

class StoreSource<State extends object, Commands> implements Source<State>, SessionHost {
  readonly name: string
  readonly epoch: string
  readonly pace: Pace
  readonly #document: Document
  readonly #log: Log
  readonly #clock: Clock
  readonly #commands: AnyCommands<State>
  readonly #publisher: Publisher
  readonly #bodies: BodyCache
  readonly #departed: number[] = []
  #closed = false

  constructor(definition: StoreDefinition<State, Commands>, options: SourceOptions<State, Commands>) {
    this.name = definition.name
    this.epoch = (options.epoch ?? randomEpoch)()
    this.pace = {
      interval: options.interval ?? defaultPace.interval,
      appendInterval: options.appendInterval ?? defaultPace.appendInterval,
    }
    this.#document = new Document(copyState(options.state ?? definition.state()), options.onError ?? reportUncaught)
    this.#log = new Log(options.logLength ?? 8192)
    this.#clock = options.clock ?? systemClock
    this.#publisher = new Publisher(this.#clock)
    this.#bodies = new BodyCache(this.#clock)
    this.#commands = options.commands ?? {}
  }

  get revision(): number {
    return this.#log.revision
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

  update<R>(fn: (draft: Draft<State>) => R): R {
    this.#checkOpen()
    const { ops, result } = this.#document.update((draft) => fn(draft as Draft<State>))
    this.#publish(ops)
    return result
  }

  replace(next: State): void {
    this.#checkOpen()
    this.#publish(this.#document.replace(copyState(next)))
  }

  append<const P extends readonly Key[]>(path: P & ValidPath<State, P>, chunk: string): void {
    this.#checkOpen()
    if (typeof chunk !== 'string') throw new SyncError('not-storable', 'Only text can be appended to a text', { path })
    const ops: Op[] = [{ kind: 'append', path, chunk }]
    this.#document.apply(ops)
    if (chunk !== '') this.#publish(ops)
  }

  writer<const P extends readonly Key[]>(...path: P & ValidPath<State, P>): Writer {
    const text = this.#document.get(path)
    if (typeof text !== 'string') throw new SyncError('bad-path', 'There is no text to append to', { path })
    return createWriter(
      (chunk) => {
        this.append(path, chunk)
      },
      () => {
        for (const session of this.#publisher.sessions) session.hurry()
      },
    )
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const session of this.#publisher.sessions)
      session.refuse(new SyncError('closed', `The source "${this.name}" was closed`))
    this.#publisher.stop()
  }

  accept(hello: UpFrame & { type: 'hello' }, port: SessionPort): Session {
    const { known } = hello
    const session = new StoreSession(this, port, known?.epoch === this.epoch ? known.revision : undefined)
    this.#publisher.sessions.add(session)
    return session
  }

  now(): number {
    return this.#clock.now()
  }

  schedule(due: number): void {
    this.#publisher.schedule(due)
  }

  left(session: StoreSession): void {
    this.#publisher.sessions.delete(session)
    this.#departed.push(...session.revisionsInUse)
    this.#departed.splice(0, this.#departed.length - maxDeparted)
  }

  bodySince(revision: number | undefined): Body {
    return this.#bodies.get(this.revision, revision, () => {
      const ops = revision === undefined ? undefined : this.#log.since(revision)
      return revision === undefined || ops === undefined
        ? snapshotBody(this.epoch, this.revision, this.#document.live)
        : commitBody(revision, this.revision, ops)
    })
  }

  async run(name: string, argument: unknown, { peer }: SessionPort): Promise<unknown> {
    const command = Object.hasOwn(this.#commands, name) ? this.#commands[name] : undefined
    if (command === undefined) {
      throw new SyncError('unknown-command', `The source "${this.name}" has no command ${JSON.stringify(name)}`)
    }
    return await command(argument, { source: this, peer })
  }

  checkResult(result: unknown): unknown {
    return copyIn(result, ['(result)'])
  }

  #publish(ops: readonly Op[]): void {
    if (ops.length === 0) return
    this.#log.append(ops, () => this.#revisionsInUse())
    const appended = ops.filter((op) => op.kind === 'append').map((op) => pathKey(op.path))
    const published = { ordinary: appended.length < ops.length, appended }
    for (const session of this.#publisher.sessions) session.published(published)
    this.#document.notify(ops)
  }

  #revisionsInUse(): number[] {
    return [...this.#departed, ...[...this.#publisher.sessions].flatMap((session) => session.revisionsInUse)]
  }

  #checkOpen(): void {
    if (this.#closed) throw new SyncError('closed', `The source "${this.name}" was closed`)
  }
}

/** Unique, not secret. */
function randomEpoch(): string {
  return Date.now().toString(36) + Math.random().toString(36).slice(2, 10)
}
