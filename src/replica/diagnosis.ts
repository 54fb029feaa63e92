/** What a diagnosis says. */
import type { Path } from '../document/types.ts'
import type { SyncError } from '../error.ts'
import type { Report } from '../protocol/report.ts'
import type { Status } from './machine.ts'

export type Verdict =
  /** Nobody has ever answered: no preload script, nobody who serves, a connection that does not open. */
  | 'never-connected'
  /** This peer is not let in, or an end was closed. */
  | 'refused'
  /** No store of this name is served to it. */
  | 'unknown-store'
  /** The source has sent a frame that this window had not acknowledged for long. */
  | 'waiting-for-credit'
  /** The source had something to send, and was to send it later. */
  | 'throttled'
  /** The connection is lost, or was; what is shown is from before. */
  | 'resyncing'
  /** The source is at a later revision than what is shown. */
  | 'behind'
  /** Both are at the same revision and hold different states. */
  | 'diverged'
  /** What is shown is what the source has: who shows anything else does not read the replica. */
  | 'in-step'
  /** This window is joined, and the source did not answer in time. */
  | 'unanswered'

/** On the way from a change to the screen. To change a source is to publish the change, so the first two are always equal. */
export type HopName = 'mutated' | 'published' | 'sent' | 'received' | 'applied' | 'rendered'

export interface Hop {
  /** Up to which revision it has come; `undefined`: not at all, or nobody has said. */
  readonly revision: number | undefined
  /** How long ago, in ms; on the replica's side to within a second. */
  readonly age: number | undefined
}

/** How things were when `diagnose` was called, and what came out when both sides were compared. */
export interface Diagnosis {
  readonly store: string
  readonly verdict: Verdict
  /** Which hop is broken, and what to do about it. */
  readonly sentence: string
  readonly status: Status
  readonly error: SyncError | undefined
  readonly hops: Readonly<Record<HopName, Hop>>
  /** What the source says of this session; `undefined`: nothing, in time. */
  readonly source: Report | undefined
  /** The texts that readers here follow, which the source should know as `source.watches`. */
  readonly watches: readonly Path[]
  readonly subscribers: Subscribers
  /** Of both states, at one revision; `undefined`: they were not at one in time. */
  readonly compared: { readonly revision: number; readonly here: string; readonly there: string } | undefined
  /** Where the states first differ, if they do and it could be found out. */
  readonly divergedAt: Path | undefined
  /** What was asked and not answered in time: the joining, a ping, a report, the state. */
  readonly unanswered: readonly ('join' | 'ping' | 'report' | 'state')[]
}

/** Who hears of changes of this replica: components, selections, readers. */
export interface Subscribers {
  readonly count: number
  /** What they are subscribed to: up to 20 paths. */
  readonly paths: readonly Path[]
}
