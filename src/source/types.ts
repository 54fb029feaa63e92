import type { Clock } from '../clock.ts'
import type { CommandHandlers } from '../definition.ts'
import type { At, Draft, Immutable, Key, Readable, TextPath, ValidPath } from '../document/types.ts'
import type { Peer } from '../protocol/connection.ts'
import type { Served } from '../protocol/serve.ts'
import type { SourceInside } from './inside.ts'
import type { Pace } from './pace.ts'
import type { Writer } from './writer.ts'

/** What a command gets besides its argument. */
export interface CommandContext<State extends object> {
  readonly source: Source<State>
  /** Who calls, as the transport has verified it. */
  readonly peer: Peer
}

export interface SourceOptions<State extends object, Commands> extends Partial<Pace> {
  /** The commands of the definition, which run in this process only. */
  readonly commands?: CommandHandlers<Commands, CommandContext<State>>
  /** The state to begin with, instead of the definition's. */
  readonly state?: State
  /** How many ops the log keeps for sessions that fall behind or come back; default 8,192. */
  readonly logLength?: number
  /** Gets what a listener throws; by default `reportError`. */
  readonly onError?: (error: unknown) => void
  readonly clock?: Clock
  /** Makes the source's epoch, a text that no other life of it has had. */
  readonly epoch?: () => string
}

/** The authoritative store, in the process that owns the state. */
export interface Source<State extends object, Commands = unknown> extends Readable<Immutable<State>>, Served {
  /** For `lockstep/testing`. */
  readonly '~inside'?: SourceInside<State, Commands>
  /** How many commits there have been. */
  readonly revision: number
  /** What is at a path, now and from now on; `undefined` where nothing is. */
  at<const P extends readonly Key[]>(...path: ValidPath<State, P>): Readable<Immutable<At<State, P>>>
  /**
   * Changes the state and publishes the change, as one commit: write to the draft as to plain data. All or nothing: if
   * `fn` throws, nothing has happened. Returns what `fn` returns.
   *
   * @throws SyncError `not-storable` (with the path) where a value is written that cannot cross, `bad-update` in an update
   * or for an `async` function, `out-of-bounds`, `reserved-key`, `too-deep`.
   */
  update<R>(fn: (draft: Draft<State>) => R): R
  /** Makes the state equal to `next`; what is equal already stays as it is, and nobody hears of it. */
  replace(next: State): void
  /**
   * Adds `chunk` to the end of a text.
   *
   * @throws SyncError `bad-path` if there is no text.
   */
  append<const P extends readonly Key[]>(path: TextPath<State, P>, chunk: string): void
  /** A writer for the text at a path. */
  writer<const P extends readonly Key[]>(...path: TextPath<State, P>): Writer
  /** Ends all sessions; the source cannot be changed any more. */
  close(): void
}
