import type { Clock } from '../clock.ts'
import type { Op } from '../document/types.ts'
import { isPlainKey } from '../protocol/codec.ts'
import { isPlain } from '../protocol/plain.ts'
import { snapshotBody, type Body } from '../protocol/wire.ts'
import type { StoreSession } from './session.ts'

/** How many revisions of sessions that have left stay resumable for certain. */
const maxDeparted = 256

/** The sessions of one store, and the one timer that wakes them. */
export class Publisher {
  readonly sessions: Set<StoreSession> = new Set()
  readonly #clock: Clock
  readonly #flushed: () => void
  readonly #departed = new Set<number>()
  #cancel: (() => void) | undefined
  #wakeAt = Number.POSITIVE_INFINITY

  /** @param flushed called when all sessions that were due have sent. */
  constructor(clock: Clock, flushed: () => void) {
    this.#clock = clock
    this.#flushed = flushed
  }

  left(session: StoreSession): void {
    this.sessions.delete(session)
    for (const revision of session.revisionsInUse) {
      this.#departed.delete(revision)
      this.#departed.add(revision)
    }
    for (const oldest of this.#departed) {
      if (this.#departed.size <= maxDeparted) break
      this.#departed.delete(oldest)
    }
  }

  /** Where sessions are, and where those were that have left. */
  revisionsInUse(): number[] {
    return [...this.#departed, ...[...this.sessions].flatMap(({ revisionsInUse }) => revisionsInUse)]
  }

  /** Makes sure that the sessions are asked at `due`, in the clock's ms. */
  schedule(due: number): void {
    if (due >= this.#wakeAt) return
    this.#cancel?.()
    this.#wakeAt = due
    const delay = due - this.#clock.now()
    const wake = (): void => {
      this.#wake()
    }
    this.#cancel = (delay > 0 ? undefined : this.#clock.soon?.(wake)) ?? this.#clock.schedule(wake, Math.max(0, delay))
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#wakeAt = Number.POSITIVE_INFINITY
  }

  #wake(): void {
    const now = this.#clock.now()
    this.stop()
    const errors: unknown[] = []
    for (const session of this.sessions) {
      try {
        const due = session.tick(now)
        if (due !== undefined) this.schedule(due)
      } catch (error) {
        // A connection that throws is no reason for the others to wait for ever.
        errors.push(error)
      }
    }
    this.#flushed()
    if (errors.length > 0) throw errors[0]
  }
}

/** Frames that have just been encoded, so that the sessions which are in step share them. */
export class BodyCache {
  readonly #bodies = new Map<number | undefined, Body>()
  #revision = -1
  /** Whether all of the state is known to need no tags. Looking at it takes half as long as writing it down. */
  #isPlain = false

  /** Takes note of what changes the state. */
  published(ops: readonly Op[]): void {
    if (this.#isPlain) this.#isPlain = ops.every(isPlainOp)
  }

  /** The whole state, at a revision. */
  snapshot(epoch: string, revision: number, state: unknown): Body {
    this.#isPlain ||= isPlain(state)
    return snapshotBody(epoch, revision, state, this.#isPlain)
  }

  get(revision: number, since: number | undefined, encode: () => Body): Body {
    if (revision !== this.#revision) this.#bodies.clear()
    this.#revision = revision
    let body = this.#bodies.get(since)
    if (body === undefined) this.#bodies.set(since, (body = encode()))
    return body
  }

  clear(): void {
    this.#bodies.clear()
  }
}

function isPlainOp(op: Op): boolean {
  if (op.kind === 'append' || op.kind === 'delete') return true
  if (op.kind === 'splice') return isPlain(op.items)
  const key = op.path.at(-1)
  return isPlain(op.value) && (typeof key !== 'string' || isPlainKey(key))
}
