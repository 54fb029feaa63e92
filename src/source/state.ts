/** The state of a source and how it came to be: the document, the log of its commits, and what is gathered for both. */
import type { Clock } from '../clock.ts'
import { Document, copyState } from '../document/document.ts'
import { hash } from '../document/hash.ts'
import type { Op, Path } from '../document/types.ts'
import { SyncError } from '../error.ts'
import { commitBody, type Body } from '../protocol/wire.ts'
import { BodyCache } from './body-cache.ts'
import { flatten } from './flatten.ts'
import { Log } from './log.ts'
import { Streams, type Append, type StreamHost } from './streams.ts'

/** Of as many changes the last has its text flattened, if it grows: a prime, so that every stream has its turn. */
const flattenEvery = 4093

/** Whoever follows the log. */
export interface Followers {
  /** The revisions from which they may ask for commits. */
  revisionsInUse(): number[]
  /** There is a commit, or will be one as soon as somebody asks; it is `now`. */
  published(ops: readonly Op[], now: number): void
  /** There is a stream more, or one less, which has to be sent at once. */
  streamsChanged(ended: boolean): void
}

export class SourceState implements StreamHost {
  readonly streams: Streams
  readonly bodies: BodyCache = new BodyCache()
  readonly #document: Document
  readonly #log: Log
  readonly #clock: Clock
  readonly #followers: Followers
  readonly #name: string
  #committedAt: number | undefined
  #changes = 0
  #hashed: { readonly revision: number; readonly hash: string } | undefined
  #isClosed = false

  /** @throws SyncError `not-storable` if the state cannot be stored. */
  constructor(
    name: string,
    state: object,
    logLength: number,
    clock: Clock,
    followers: Followers,
    onError: (error: unknown) => void,
  ) {
    this.#name = name
    this.#document = new Document(copyState(state), onError)
    this.#log = new Log(logLength)
    this.#clock = clock
    this.#followers = followers
    this.streams = new Streams(this)
  }

  get revision(): number {
    this.streams.settle()
    return this.#log.revision
  }

  /** When the last commit was, in the clock's ms. */
  get committedAt(): number | undefined {
    this.streams.settle()
    return this.#committedAt
  }

  /** Whether it cannot be changed any more. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  get isFollowed(): boolean {
    return this.#document.isFollowed
  }

  /** The immutable snapshot of what is at a path. */
  get(path: Path): unknown {
    this.streams.settle()
    return this.#document.get(path)
  }

  /** The immutable snapshot of the state, with bytes that nobody else gets. */
  copy(): unknown {
    this.streams.settle()
    return this.#document.copy()
  }

  subscribe(path: Path, run: (value: unknown) => void, invalidate?: () => void): () => void {
    this.streams.settle()
    return this.#document.subscribe(path, run, invalidate)
  }

  update<R>(fn: (draft: unknown) => R): R {
    this.#beginChange()
    const { ops, result } = this.#document.update(fn)
    this.#publish(ops)
    return result
  }

  replace(next: object): void {
    this.#beginChange()
    this.#publish(this.#document.replace(copyState(next)))
  }

  append(path: Path, chunk: string): void {
    this.#beginChange()
    const op = { kind: 'append', path: [...path], chunk } as const // whose path is the log's, not the caller's
    this.#document.append(op)
    if (chunk !== '') this.#publish([op])
  }

  checkText(path: Path): void {
    this.#checkOpen()
    this.#document.checkText(path)
  }

  announce(op: Append, now: number): void {
    this.#followers.published([op], now)
  }

  settled(op: Append, pieces: number, at: number): void {
    this.#document.append(op)
    this.#commit([op], pieces, at)
  }

  now(): number {
    return this.#clock.now()
  }

  streamsChanged(ended: boolean): void {
    this.#followers.streamsChanged(ended)
  }

  /** The ops since `revision`, compacted; `undefined` if they are not known any more. */
  since(revision: number): readonly Op[] | undefined {
    this.streams.settle()
    return this.#log.since(revision)
  }

  /** What brings a replica from `revision` up to now; the whole state, where it has none or the log does not reach back. */
  bodySince(revision: number | undefined, epoch: string): Body {
    this.streams.settle()
    return this.bodies.get(revision, () => {
      const ops = revision === undefined ? undefined : this.#log.since(revision)
      return revision === undefined || ops === undefined
        ? this.bodies.snapshot(epoch, this.#log.revision, this.#document.live)
        : commitBody(revision, this.#log.revision, ops)
    })
  }

  /** Of the whole state. Once a revision, however many ask. */
  hash(): string {
    const { revision } = this
    if (this.#hashed?.revision !== revision) this.#hashed = { revision, hash: hash(this.#document.live) }
    return this.#hashed.hash
  }

  /** Nothing can be changed any more, and sessions need not come. */
  close(): void {
    this.streams.settle()
    this.#isClosed = true
  }

  closedError(): SyncError {
    return new SyncError('closed', `The source "${this.#name}" was closed`)
  }

  #beginChange(): void {
    this.#checkOpen()
    this.streams.settle()
  }

  #checkOpen(): void {
    if (this.#isClosed) throw this.closedError()
  }

  #publish(ops: readonly Op[]): void {
    if (ops.length === 0) return
    const now = this.#clock.now()
    this.#commit(ops, 1, now)
    this.#followers.published(ops, now)
    if (this.#document.isFollowed) this.#document.notify(ops)
  }

  /** Takes note of what so many commits, the last of them at `at`, have done to the document. */
  #commit(ops: readonly Op[], commits: number, at: number): void {
    this.#log.append(ops, () => this.#followers.revisionsInUse(), commits)
    // The stream that is settled last need not be the one that was begun last.
    this.#committedAt = Math.max(this.#committedAt ?? at, at)
    this.bodies.published(ops)
    if (++this.#changes % flattenEvery > 0) return
    for (const { kind, path } of ops) if (kind === 'append') flatten(this.#document.get(path) as string)
  }
}
