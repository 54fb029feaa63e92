import type { CommandCalls, NoCommands } from '../definition.ts'
import type { Clock } from '../clock.ts'
import type { At, Immutable, Key, Readable, TextPath, ValidPath } from '../document/types.ts'
import type { SyncError } from '../error.ts'
import type { Diagnosis } from './diagnosis.ts'
import type { Status } from './machine.ts'
import type { Reader } from './reader.ts'

export interface ReplicaOptions {
  /** Gets what a listener throws and what the source complains of; by default `reportError`. */
  readonly onError?: (error: unknown) => void
  readonly clock?: Clock
}

/** A live, read-only copy of a store in another process. Until the source's state is there, it shows the definition's. */
export interface Replica<State extends object, Commands = NoCommands> extends Readable<Immutable<State>> {
  /** What is at a path, now and from now on; `undefined` where nothing is. Costs nothing of what is elsewhere. */
  at<const P extends readonly Key[]>(...path: ValidPath<State, P>): Readable<Immutable<At<State, P>>>
  /** What `fn` makes of the whole state; told again only when that is another, by `equal` (default `Object.is`). */
  select<T>(fn: (state: Immutable<State>) => T, equal?: (a: T, b: T) => boolean): Readable<T>
  /** Follows the growing text at a path live, as long as somebody is subscribed. */
  reader<const P extends readonly Key[]>(...path: TextPath<State, P>): Reader
  /**
   * The commands of the definition. The promise resolves when the command is done and this replica shows its effects.
   * It rejects with a SyncError: the command's own, `command-failed`, `unknown-command`, `not-storable` (the argument),
   * `disconnected` (it may or may not have run), `refused` or `closed`.
   */
  readonly call: CommandCalls<Commands>
  /** Resolves when the source's state is shown for the first time; rejects if it is refused. */
  readonly ready: Promise<void>
  /** Resolves when the replica shows everything that the source had when it was asked; rejects if it is refused. */
  settled(): Promise<void>
  readonly status: Readable<Status>
  /** Why `status` is `refused`. */
  readonly error: SyncError | undefined
  /** The revision shown; -1 before the source's state is. */
  readonly revision: number
  /**
   * Finds out which hop between a change in the source and what is shown here is broken, and what to do about it: for when
   * components show stale data. Asks the source, and compares both states. Resolves within `timeout` ms (default 2,000),
   * whatever is answered until then. Its code is loaded when it is first called.
   */
  diagnose(timeout?: number): Promise<Diagnosis>
  /** Leaves the store. The connection stays open. */
  close(): void
}
