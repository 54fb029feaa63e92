import type { Clock } from '../clock.ts'
import type { Op } from '../document/types.ts'
import type { Followers } from './state.ts'
import type { StoreSession } from './session.ts'

/** How many revisions of sessions that have left stay resumable for certain. */
const maxDeparted = 256

/** What follows the log besides sessions: the storage. */
export interface LogCursor {
  /** The revisions from which it may ask for commits. */
  readonly revisionsInUse: readonly number[]
  /** There is a commit, or a stream more or less. */
  changed(): void
}

/** Who follows the log of one store, and the one timer that wakes its sessions. */
export class Publisher implements Followers {
  readonly sessions: Set<StoreSession> = new Set()
  cursor: LogCursor | undefined
  readonly #clock: Clock
  readonly #sharing: (run: () => void) => void
  readonly #departed = new Set<number>()
  #cancel: (() => void) | undefined
  #wakeAt = Number.POSITIVE_INFINITY

  /** @param sharing runs what it is given; sessions that are woken together share what they encode meanwhile. */
  constructor(clock: Clock, sharing: (run: () => void) => void) {
    this.#clock = clock
    this.#sharing = sharing
  }

  published(ops: readonly Op[], now: number): void {
    for (const session of this.sessions) session.published(ops, now)
    this.cursor?.changed()
  }

  streamsChanged(ended: boolean): void {
    if (ended) for (const session of this.sessions) session.hurry()
    this.cursor?.changed()
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

  /** Where all of them are, and where sessions were that have left. */
  revisionsInUse(): number[] {
    const followers = [...this.sessions, ...(this.cursor === undefined ? [] : [this.cursor])]
    return [...this.#departed, ...followers.flatMap(({ revisionsInUse }) => revisionsInUse)]
  }

  /** Makes sure that the sessions are asked at `due`; it is `now`. Both are in the clock's ms. */
  schedule(due: number, now: number): void {
    if (due >= this.#wakeAt) return
    this.#cancel?.()
    this.#cancel = undefined
    this.#wakeAt = due
    const delay = due - now
    if (delay > 0 || this.#clock.soon === undefined) this.#cancel = this.#clock.schedule(this.#wake, Math.max(0, delay))
    else this.#clock.soon(this.#wake)
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#wakeAt = Number.POSITIVE_INFINITY
  }

  /** Also when there is nothing to do: what is to happen soon cannot be cancelled. */
  readonly #wake = (): void => {
    const now = this.#clock.now()
    // Nothing is left to be cancelled, and trying to would cost something.
    this.#cancel = undefined
    this.#wakeAt = Number.POSITIVE_INFINITY
    if (this.sessions.size === 1) for (const session of this.sessions) this.#tick(session, now)
    else this.#sharing(() => this.#tickAll(now))
  }

  #tickAll(now: number): void {
    const errors: unknown[] = []
    for (const session of this.sessions) {
      try {
        this.#tick(session, now)
      } catch (error) {
        // A connection that throws is no reason for the others to wait for ever.
        errors.push(error)
      }
    }
    if (errors.length > 0) throw errors[0]
  }

  #tick(session: StoreSession, now: number): void {
    const due = session.tick(now)
    if (due !== undefined) this.schedule(due, now)
  }
}
