import type { Clock } from '../clock.ts'
import type { Body } from '../protocol/wire.ts'
import type { StoreSession } from './session.ts'

/** The sessions of one store, and the one timer that wakes them. */
export class Publisher {
  readonly sessions: Set<StoreSession> = new Set()
  readonly #clock: Clock
  readonly #flushed: () => void
  #cancel: (() => void) | undefined
  #wakeAt = Number.POSITIVE_INFINITY

  /** @param flushed called when all sessions that were due have sent. */
  constructor(clock: Clock, flushed: () => void) {
    this.#clock = clock
    this.#flushed = flushed
  }

  /** Makes sure that the sessions are asked at `due`, in the clock's ms. */
  schedule(due: number): void {
    if (due >= this.#wakeAt) return
    this.#cancel?.()
    this.#wakeAt = due
    this.#cancel = this.#clock.schedule(
      () => {
        this.#wake()
      },
      Math.max(0, due - this.#clock.now()),
    )
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#wakeAt = Number.POSITIVE_INFINITY
  }

  #wake(): void {
    const now = this.#clock.now()
    this.stop()
    for (const session of this.sessions) {
      const due = session.tick(now)
      if (due !== undefined) this.schedule(due)
    }
    this.#flushed()
  }
}

/** Frames that have just been encoded, so that the sessions which are in step share them. */
export class BodyCache {
  readonly #bodies = new Map<number | undefined, Body>()
  #revision = -1

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
