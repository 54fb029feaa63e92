/** The source's side of one peer and one store: a revision in the log, credit, and a pace. */
import { pathKey } from '../document/path.ts'
import type { Key, Op } from '../document/types.ts'
import { SyncError } from '../error.ts'
import type { UpFrame, WireError } from '../protocol/frames.ts'
import type { Report } from '../protocol/report.ts'
import type { Session, SessionFrame, SessionPort } from '../protocol/serve.ts'
import { asking, failureBody, pongBody, resultBody, type Body } from '../protocol/wire.ts'
import { Credit } from './credit.ts'
import { cellStart, type Pace } from './pace.ts'
import { Timeline } from './timeline.ts'

/** What a session needs of its source. */
export interface SessionHost {
  readonly epoch: string
  readonly revision: number
  readonly pace: Pace
  /** When the last commit was, in the clock's ms. */
  readonly committedAt: number | undefined
  now(): number
  /** Of the whole state, which is what every peer may read. */
  hash(): string
  /** What brings a replica from `revision` up to now; the whole state, where it has none or the log does not reach back. */
  bodySince(revision: number | undefined): Body
  /** A session wants its next frame at `due`; it is `now`. */
  schedule(due: number, now: number): void
  run(name: string, argument: unknown, port: SessionPort): Promise<unknown>
  /** Checks what a command returned. */
  checkResult(result: unknown): unknown
  left(session: StoreSession): void
}

export class StoreSession implements Session {
  readonly #host: SessionHost
  readonly #port: SessionPort
  readonly #watches = new Set<string>()
  /** Watches beyond the limit that have not been taken back. */
  #unheeded = 0
  readonly #credit: Credit
  /** Whether something that must not wait longer than `interval` is pending, or something that may until `appendInterval`. */
  #pending: 'nothing' | 'appends' | 'ordinary' | 'urgent' = 'nothing'
  readonly #times = new Timeline()
  #calls = 0
  #lastCall = 0
  #closed = false

  constructor(host: SessionHost, port: SessionPort, known: number | undefined) {
    this.#host = host
    this.#port = port
    this.#credit = new Credit(known)
    this.#flush(host.now())
  }

  /** The revisions from which this session may ask for commits: now, or when it resumes. */
  get revisionsInUse(): readonly number[] {
    return this.#credit.revisions
  }

  /** Takes note that a commit is in the log. Called for each chunk of a stream: most of them change nothing here. */
  published(ops: readonly Op[], now: number): void {
    if (this.#pending === 'ordinary' || this.#pending === 'urgent') return
    for (const op of ops) if (this.#isLive(op)) return this.#want('ordinary', now)
    this.#want('appends', now)
  }

  /** What is pending is to be sent as soon as what runs now has ended. */
  hurry(): void {
    if (this.#credit.sent !== this.#host.revision) this.#want('urgent', this.#host.now())
  }

  /** When, seen from `now`, the next frame should be sent, in the clock's ms; `undefined`: not before something happens. */
  due(now: number): number | undefined {
    if (this.#pending === 'nothing' || this.#credit.isSpent || this.#closed) return undefined
    if (this.#pending === 'urgent') return now
    const { interval, appendInterval } = this.#host.pace
    const period = this.#pending === 'ordinary' ? interval : appendInterval
    // Only where it is read, or by the way.
    if (period === Number.POSITIVE_INFINITY) return undefined
    // One frame a cell of time: the first at once, the others when the next cell begins, in all sessions together.
    return Math.max(now, cellStart(this.#times.flushedAt, period) + period)
  }

  /** Sends what is pending, if it is due; otherwise returns when it is. */
  tick(now: number): number | undefined {
    const due = this.due(now)
    if (due === undefined || due > now) return due
    this.#flush(now)
    return undefined
  }

  receive(frame: SessionFrame): void {
    switch (frame.type) {
      case 'ack':
        return this.#ack(frame.revision)
      case 'watch':
        return this.#watch(frame.path)
      case 'unwatch':
        return this.#unwatch(frame.path)
      case 'call':
        return this.#call(frame)
      case 'ping':
        return this.#ping(frame)
    }
  }

  close(): void {
    this.#closed = true
    this.#host.left(this)
  }

  /** Ends the session from this side. */
  refuse(error: WireError): void {
    this.#port.refuse(error)
    this.close()
  }

  /** Whether it must not wait for longer than `interval`. */
  #isLive(op: Op): boolean {
    return op.kind !== 'append' || (this.#watches.size > 0 && this.#watches.has(pathKey(op.path)))
  }

  #want(pending: 'appends' | 'ordinary' | 'urgent', now: number): void {
    // Then it is scheduled already, or will be when the frame in flight is acknowledged.
    if (pending === this.#pending) return
    this.#pending = pending
    this.#schedule(now)
  }

  #schedule(now: number): void {
    const due = this.due(now)
    if (due !== undefined) this.#host.schedule(due, now)
  }

  #flush(now: number): void {
    const body = this.#host.bodySince(this.#credit.sent)
    // What is not even text yet is a whole state.
    const length = typeof body === 'string' ? body.length : Number.POSITIVE_INFINITY
    const asks = this.#credit.spend(this.#host.revision, length, now - this.#times.askedAt)
    this.#pending = 'nothing'
    this.#times.flushed(now, asks)
    this.#port.send(asks ? asking(body) : body)
  }

  #ack(revision: number): void {
    if (!this.#credit.acknowledge(revision)) return
    const now = this.#host.now()
    this.#times.acknowledged(now)
    this.#schedule(now)
  }

  #watch(path: readonly Key[]): void {
    const key = pathKey(path)
    // A replica counts the readers of a path itself, so this one was doubled or has overtaken another.
    if (this.#watches.has(key)) return this.refuse(outOfOrder('Watches'))
    // Beyond the limit, texts still come whole and in order, only less often: a refusal would only bring them all back.
    if (this.#watches.size >= this.#port.limits.watches) {
      this.#unheeded++
      return
    }
    this.#watches.add(key)
    // What was appended before the reader came has waited long enough.
    if (this.#pending === 'appends') this.#want('ordinary', this.#host.now())
  }

  #unwatch(path: readonly Key[]): void {
    if (this.#watches.delete(pathKey(path))) return
    if (this.#unheeded > 0) this.#unheeded--
    else this.refuse(outOfOrder('Watches'))
  }

  #call({ id, name, argument }: UpFrame & { type: 'call' }): void {
    if (!this.#isNext(id)) return
    if (this.#calls >= this.#port.limits.calls) {
      return this.#fail(
        id,
        new SyncError('too-many', `More than ${this.#port.limits.calls} commands at once in one session`),
      )
    }
    this.#calls++
    void this.#host
      .run(name, argument, this.#port)
      .then((result) => {
        this.#answer(resultBody(id, this.#host.revision, this.#host.checkResult(result)))
      })
      .catch((error: unknown) => {
        this.#fail(id, error)
      })
      .finally(() => {
        this.#calls--
      })
  }

  refuseCall(id: number, error: WireError): void {
    if (this.#isNext(id)) this.#fail(id, error)
  }

  /** Otherwise this is the end of the session: a call that comes twice must not run twice. */
  #isNext(id: number): boolean {
    if (id === this.#lastCall + 1) {
      this.#lastCall = id
      return true
    }
    this.refuse(outOfOrder('Calls'))
    return false
  }

  #fail(id: number, error: unknown): void {
    this.#answer(failureBody(id, this.#host.revision, wireErrorOf(error)))
  }

  #ping({ id, report }: UpFrame & { type: 'ping' }): void {
    const { revision } = this.#host
    if (!report) return this.#answer(pongBody(id, revision))
    const found = this.#report()
    // Sent before the pong, which is compared with the state that it has led to.
    if (this.#credit.sent !== revision && !this.#credit.isSpent) this.#flush(this.#host.now())
    const hash = this.#credit.sent === revision ? this.#host.hash() : undefined
    this.#answer(pongBody(id, revision, { ...found, hash }))
  }

  #report(): Report {
    const now = this.#host.now()
    const { transport, origin } = this.#port.peer
    return {
      sent: this.#credit.sent as number,
      acknowledged: this.#credit.acknowledged,
      waiting: this.#credit.isSpent,
      pending: this.#pending,
      watches: this.#watches.size,
      ...this.#times.report(now, this.due(now), this.#host.committedAt),
      transport,
      origin,
    }
  }

  /** An answer names a revision; the replica holds it back until it is there, so what leads there must not wait. */
  #answer(body: Body): void {
    if (this.#closed) return
    // Ahead of it: what leads there then leaves together with other answers.
    this.hurry()
    this.#port.send(body)
  }
}

/** Anything can be thrown, also what cannot be asked what it is, and errors whose message is no text. */
function wireErrorOf(error: unknown): WireError {
  try {
    const message = String(error instanceof Error ? error.message : error)
    return { code: error instanceof SyncError ? error.code : 'command-failed', message }
  } catch {
    return { code: 'command-failed', message: 'The command threw something that has no message' }
  }
}

function outOfOrder(what: string): SyncError {
  return new SyncError('bad-frame', `${what} arrived twice or out of order`)
}
