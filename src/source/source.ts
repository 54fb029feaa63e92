/** The authoritative store: a document, the log of its commits, and the sessions that follow it. */
import type { Clock } from '../clock.ts'
import type { StoreDefinition } from '../definition.ts'
import { Document, copyState } from '../document/document.ts'
import { hash } from '../document/hash.ts'
import { copyIn } from '../document/storable.ts'
import type { At, Draft, Immutable, Key, Op, Path, Readable, TextPath, ValidPath } from '../document/types.ts'
import { SyncError, safely } from '../error.ts'
import type { UpFrame } from '../protocol/frames.ts'
import type { Session, SessionPort } from '../protocol/serve.ts'
import { commitBody, type Body } from '../protocol/wire.ts'
import { BodyCache } from './body-cache.ts'
import { flatten } from './flatten.ts'
import type { SourceInside } from './inside.ts'
import { Log } from './log.ts'
import { defaultPace, type Pace } from './pace.ts'
import { Publisher } from './publisher.ts'
import { StoreSession, type SessionHost } from './session.ts'
import { sourceClock } from './source-clock.ts'
import { createWriter, type Writer } from './writer.ts'
import type { CommandContext, Source, SourceOptions } from './types.ts'

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
): Source<State, Commands> {
  return new StoreSource(definition, options ?? {})
}

type AnyCommands<State extends object> = Partial<
  Record<string, (argument: unknown, context: CommandContext<State>) => unknown>
>

/** Texts that grow are flattened each time that there have been as many commits: a prime, so that every stream has its turn. */
const flattenEvery = 4093

/** What follows the log besides sessions: the storage. */
export interface LogCursor {
  /** The revisions from which it may ask for commits. */
  readonly revisionsInUse: readonly number[]
  /** There is a commit, or a writer more or less. */
  changed(): void
}

export class StoreSource<State extends object, Commands> implements Source<State, Commands>, SessionHost {
  readonly name: string
  readonly epoch: string
  readonly pace: Pace
  readonly '~inside': SourceInside<State, Commands>
  readonly copy: () => unknown = () => {
    this.#log.take()
    return this.#document.copy()
  }
  readonly #document: Document
  readonly #log: Log
  readonly #clock: Clock
  readonly #commands: AnyCommands<State>
  readonly #publisher: Publisher
  readonly #bodies = new BodyCache()
  readonly #writers = new Set<{ readonly path: Path }>()
  #cursor: LogCursor | undefined
  #committedAt: number | undefined
  #hashed: { readonly revision: number; readonly hash: string } | undefined
  #closed = false

  constructor(definition: StoreDefinition<State, Commands>, options: SourceOptions<State, Commands>) {
    this.name = definition.name
    this.epoch = (options.epoch ?? randomEpoch)()
    this.pace = {
      interval: options.interval ?? defaultPace.interval,
      appendInterval: options.appendInterval ?? defaultPace.appendInterval,
    }
    this.#document = new Document(copyState(options.state ?? definition.state()), safely(options.onError))
    this.#log = new Log(options.logLength ?? 8192)
    this.#clock = options.clock ?? sourceClock
    this['~inside'] = { definition, clock: this.#clock, epoch: this.epoch }
    this.#publisher = new Publisher(this.#clock, this.#bodies)
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

  at<const P extends readonly Key[]>(...path: ValidPath<State, P>): Readable<Immutable<At<State, P>>> {
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

  append<const P extends readonly Key[]>(path: TextPath<State, P>, chunk: string): void {
    this.#checkOpen()
    if (typeof chunk !== 'string') throw new SyncError('not-storable', 'Only text can be appended to a text', { path })
    const op = { kind: 'append', path: [...path], chunk } as const // whose path is the log's, not the caller's
    this.#document.append(op)
    if (chunk !== '') this.#publish([op])
  }

  writer<const P extends readonly Key[]>(...path: TextPath<State, P>): Writer {
    const hint = 'There is no text to append to: put a string there first, by update()'
    if (typeof this.#document.get(path) !== 'string') throw new SyncError('bad-path', hint, { path })
    const writer = { path }
    this.#writers.add(writer)
    this.#cursor?.changed()
    return createWriter(
      (chunk) => {
        this.append(path as never, chunk)
      },
      () => {
        for (const session of this.#publisher.sessions) session.hurry()
        this.#writers.delete(writer)
        this.#cursor?.changed()
      },
    )
  }

  /** The texts that are being written. */
  streams(): Path[] {
    return Array.from(this.#writers, ({ path }) => path)
  }

  /** The ops since `revision`, compacted; `undefined` if they are not known any more. */
  since(revision: number): readonly Op[] | undefined {
    this.#log.take()
    return this.#log.since(revision)
  }

  /** The immutable snapshot of what is at a path, whatever its type. */
  part(path: Path): unknown {
    return this.#document.get(path)
  }

  /** From now on `cursor` follows the log. */
  follow(cursor: LogCursor): void {
    this.#cursor = cursor
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const session of this.#publisher.sessions) session.refuse(this.#closedError())
    this.#publisher.stop()
  }

  accept(hello: UpFrame & { type: 'hello' }, port: SessionPort): Session {
    if (this.#closed) {
      port.refuse(this.#closedError())
      return { receive() {}, close() {} }
    }
    const { known } = hello
    const session = new StoreSession(this, port, known?.epoch === this.epoch ? known.revision : undefined)
    this.#publisher.sessions.add(session)
    return session
  }

  now(): number {
    return this.#clock.now()
  }

  get committedAt(): number | undefined {
    return this.#committedAt
  }

  /** Once a revision, however many ask. */
  hash(): string {
    const { revision } = this
    if (this.#hashed?.revision !== revision) this.#hashed = { revision, hash: hash(this.#document.live) }
    return this.#hashed.hash
  }

  schedule(due: number): void {
    this.#publisher.schedule(due)
  }

  left(session: StoreSession): void {
    this.#publisher.left(session)
  }

  bodySince(revision: number | undefined): Body {
    this.#log.take()
    return this.#bodies.get(revision, () => {
      const ops = revision === undefined ? undefined : this.#log.since(revision)
      return revision === undefined || ops === undefined
        ? this.#bodies.snapshot(this.epoch, this.revision, this.#document.live)
        : commitBody(revision, this.revision, ops)
    })
  }

  async run(name: string, argument: unknown, { peer }: SessionPort): Promise<unknown> {
    const command = Object.hasOwn(this.#commands, name) ? this.#commands[name] : undefined
    if (command === undefined) {
      const what = `The source "${this.name}" has no command ${JSON.stringify(name)}`
      throw new SyncError('unknown-command', `${what}: give it one, and start its process anew if that is older`)
    }
    return await command(argument, { source: this, peer })
  }

  checkResult(result: unknown): unknown {
    return copyIn(result, ['(result)'])
  }

  #publish(ops: readonly Op[]): void {
    if (ops.length === 0) return
    this.#log.append(ops, this.#revisionsInUse)
    if (this.revision % flattenEvery === 0) this.#flattenTexts(ops)
    this.#committedAt = this.#clock.now()
    this.#bodies.published(ops)
    for (const session of this.#publisher.sessions) session.published(ops)
    this.#cursor?.changed()
    this.#document.notify(ops)
  }

  #flattenTexts(ops: readonly Op[]): void {
    for (const { kind, path } of ops) if (kind === 'append') flatten(this.#document.get(path) as string)
  }

  readonly #revisionsInUse = (): number[] => [
    ...this.#publisher.revisionsInUse(),
    ...(this.#cursor?.revisionsInUse ?? []),
  ]

  #checkOpen(): void {
    if (this.#closed) throw this.#closedError()
  }

  #closedError(): SyncError {
    return new SyncError('closed', `The source "${this.name}" was closed`)
  }
}

/** Unique, not secret. */
function randomEpoch(): string {
  return Date.now().toString(36) + Math.random().toString(36).slice(2, 10)
}
