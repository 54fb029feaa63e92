/** When things happened in a session, for its pace and for reports. All moments are in the clock's ms. */
import type { Report } from '../protocol/report.ts'

/** For how long a slow ack is remembered, in ms. */
const lately = 10_000

type Times = Pick<Report, 'due' | 'committedAge' | 'sentAge' | 'acknowledgedAge' | 'longestWait'>

export class Timeline {
  #flushedAt = Number.NEGATIVE_INFINITY
  #askedAt = Number.NEGATIVE_INFINITY
  #acknowledgedAt: number | undefined
  /** The ack that has taken longest lately. */
  #slowest = { wait: 0, at: Number.NEGATIVE_INFINITY }

  get flushedAt(): number {
    return this.#flushedAt
  }

  /** When an ack was last asked for. */
  get askedAt(): number {
    return this.#askedAt
  }

  flushed(now: number, asks: boolean): void {
    this.#flushedAt = now
    if (asks) this.#askedAt = now
  }

  acknowledged(now: number): void {
    this.#acknowledgedAt = now
    const wait = now - this.#askedAt
    if (wait >= this.#slowest.wait || now - this.#slowest.at > lately) this.#slowest = { wait, at: now }
  }

  report(now: number, due: number | undefined, committedAt: number | undefined): Times {
    const ago = (moment: number | undefined): number | undefined =>
      moment === undefined ? undefined : Math.round(now - moment)
    return {
      due: due === undefined ? undefined : Math.round(due - now),
      committedAge: ago(committedAt),
      sentAge: Math.round(now - this.#flushedAt),
      acknowledgedAge: ago(this.#acknowledgedAt),
      longestWait: now - this.#slowest.at > lately ? undefined : Math.round(this.#slowest.wait),
    }
  }
}
