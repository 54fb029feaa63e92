/** The authoritative store: a document, the log of its commits, and the sessions that follow it. */
import type { Clock } from '../clock.ts'
import type { StoreDefinition } from '../definition.ts'
import { checkSent } from '../document/sendable.ts'
import type { At, Draft, Immutable, Key, Op, Path, Readable, TextPath, ValidPath } from '../document/types.ts'
import { SyncError, safely } from '../error.ts'
import { checkName } from '../name.ts'
import type { UpFrame } from '../protocol/frames.ts'
import type { Session, SessionPort } from '../protocol/serve.ts'
import type { Body } from '../protocol/wire.ts'
import type { SourceInside } from './inside.ts'
import { paceOf, type Pace } from './pace.ts'
import { Publisher, type LogCursor } from './publisher.ts'
import { StoreSession, type SessionHost } from './session.ts'
import { sourceClock } from './source-clock.ts'
import { SourceState } from './state.ts'
import { checkPiece, type Writer } from './writer.ts'
import type { CommandContext, Source, SourceOptions } from './types.ts'

/**
 * Makes a source.
 *
 * @throws SyncError `not-storable` if the initial state cannot be stored, `setup` if a command is missing, or if the name is
 * none for a store.
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

export class StoreSource<State extends object, Commands> implements Source<State, Commands>, SessionHost {
  readonly name: string
  readonly epoch: string
  readonly pace: Pace
  readonly '~inside': SourceInside<State, Commands>
  readonly #state: SourceState
  readonly #clock: Clock
  readonly #commands: AnyCommands<State>
  readonly #publisher: Publisher

  constructor(definition: StoreDefinition<State, Commands>, options: SourceOptions<State, Commands>) {
    checkName(definition.name)
    this.name = definition.name
    this.epoch = (options.epoch ?? randomEpoch)()
    this.pace = paceOf(options)
    this.#clock = options.clock ?? sourceClock
    this['~inside'] = { definition, clock: this.#clock, epoch: this.epoch }
    this.#publisher = new Publisher(this.#clock, (run) => {
      this.#state.bodies.shareDuring(run)
    })
    this.#state = new SourceState(
      this.name,
      options.state ?? definition.state(),
      options.logLength ?? 8192,
      this.#clock,
      this.#publisher,
      safely(options.onError),
    )
    this.#commands = options.commands ?? {}
  }

  get revision(): number {
    return this.#state.revision
  }

  get(): Immutable<State> {
    return this.#state.get([]) as Immutable<State>
  }

  subscribe(run: (value: Immutable<State>) => void, invalidate?: () => void): () => void {
    return this.#state.subscribe([], run as (value: unknown) => void, invalidate)
  }

  at<const P extends readonly Key[]>(...path: ValidPath<State, P>): Readable<Immutable<At<State, P>>> {
    const readable: Readable<unknown> = {
      get: () => this.#state.get(path),
      subscribe: (run, invalidate) => this.#state.subscribe(path, run, invalidate),
    }
    return readable as Readable<Immutable<At<State, P>>>
  }

  update<R>(fn: (draft: Draft<State>) => R): R {
    return this.#state.update((draft) => fn(draft as Draft<State>))
  }

  replace(next: State): void {
    this.#state.replace(next)
  }

  append<const P extends readonly Key[]>(path: TextPath<State, P>, chunk: string): void {
    checkPiece(chunk, path)
    this.#state.append(path, chunk)
  }

  writer<const P extends readonly Key[]>(...path: TextPath<State, P>): Writer {
    const hint = 'There is no text to append to: put a string there first, by update()'
    if (typeof this.#state.get(path) !== 'string') throw new SyncError('bad-path', hint, { path })
    return this.#state.streams.open(path)
  }

  /** The texts that are being written. */
  streams(): Path[] {
    return this.#state.streams.paths
  }

  /** The ops since `revision`, compacted; `undefined` if they are not known any more. */
  since(revision: number): readonly Op[] | undefined {
    return this.#state.since(revision)
  }

  /** The immutable snapshot of the state, with bytes that nobody else gets. */
  copy(): unknown {
    return this.#state.copy()
  }

  /** The immutable snapshot of what is at a path, whatever its type. */
  part(path: Path): unknown {
    return this.#state.get(path)
  }

  /** From now on `cursor` follows the log. */
  follow(cursor: LogCursor): void {
    this.#publisher.cursor = cursor
  }

  close(): void {
    if (this.#state.isClosed) return
    this.#state.close()
    for (const session of this.#publisher.sessions) session.refuse(this.#state.closedError())
    this.#publisher.stop()
  }

  accept(hello: UpFrame & { type: 'hello' }, port: SessionPort): Session {
    if (this.#state.isClosed) {
      port.refuse(this.#state.closedError())
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
    return this.#state.committedAt
  }

  hash(): string {
    return this.#state.hash()
  }

  schedule(due: number, now: number): void {
    this.#publisher.schedule(due, now)
  }

  left(session: StoreSession): void {
    this.#publisher.left(session)
  }

  bodySince(revision: number | undefined): Body {
    return this.#state.bodySince(revision, this.epoch)
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
    checkSent(result, ['(result)'])
    return result
  }
}

/** Unique, not secret. */
function randomEpoch(): string {
  return Date.now().toString(36) + Math.random().toString(36).slice(2, 10)
}
