import type { Clock } from '../clock.ts'
import type { BodyCache } from './body-cache.ts'
import type { StoreSession } from './session.ts'

/** How many revisions of sessions that have left stay resumable for certain. */
const maxDeparted = 256

/** The sessions of one store, and the one timer that wakes them. */
export class Publisher {
  readonly sessions: Set<StoreSession> = new Set()
  readonly #clock: Clock
  readonly #bodies: BodyCache
  readonly #departed = new Set<number>()
  #cancel: (() => void) | undefined
  #wakeAt = Number.POSITIVE_INFINITY

  constructor(clock: Clock, bodies: BodyCache) {
    this.#clock = clock
    this.#bodies = bodies
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
    this.#bodies.shareDuring(() => {
      for (const session of this.sessions) {
        try {
          const due = session.tick(now)
          if (due !== undefined) this.schedule(due)
        } catch (error) {
          // A connection that throws is no reason for the others to wait for ever.
          errors.push(error)
        }
      }
    })
    if (errors.length > 0) throw errors[0]
  }
}
