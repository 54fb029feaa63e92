import type { Clock } from '../clock.ts'
import type { Replica } from '../replica/index.ts'
import type { Link } from './link.ts'

/** As much of a replica as reports and waits use, so that replicas of every state are taken. */
export type AnyReplica = Pick<Replica<object, unknown>, 'settled' | 'get' | 'revision' | 'status' | 'error'>

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
const replicasOfParts = new WeakMap<object, AnyReplica>()

/** Makes known where a replica comes from, and which its parts are. */
export function introduce(replica: AnyReplica, origin: Origin): void {
  origins.set(replica, origin)
  replicasOfParts.set(replica, replica)
  replicasOfParts.set(replica.status, replica)
  const making = replica as unknown as Record<'at' | 'select' | 'reader', (...args: unknown[]) => object>
  for (const name of ['at', 'select', 'reader'] as const) {
    const make = making[name]
    making[name] = (...args) => {
      const part = make(...args)
      replicasOfParts.set(part, replica)
      return part
    }
  }
}

/** Of a replica that was introduced, or of a part of one. */
export function originOf(readable: object): Origin | undefined {
  const replica = replicasOfParts.get(readable)
  return replica && origins.get(replica)
}

export function replicaOf(readable: object): AnyReplica | undefined {
  return replicasOfParts.get(readable)
}
