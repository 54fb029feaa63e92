import type { Clock } from '../clock.ts'
import type { Link } from './link.ts'

/** As much of a source as a report tells of. */
export interface KnownSource {
  readonly name: string
  readonly revision: number
  get(): unknown
  readonly '~inside'?: { readonly epoch: string; readonly clock: Clock }
}

/** What is known of a replica that was made here. */
export interface Origin {
  readonly source?: KnownSource | undefined
  readonly link?: Link | undefined
  readonly clock: Clock
  /** Why it hears of nothing any more, if it does not. */
  readonly gone?: (() => string | undefined) | undefined
}

const origins = new WeakMap<object, Origin>()

export function introduce(replica: object, origin: Origin): void {
  origins.set(replica, origin)
}

export function originOf(replica: object): Origin | undefined {
  return origins.get(replica)
}
