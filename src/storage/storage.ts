/**
 * Where a source persists. A storage keeps texts and knows nothing of what is in them: of each store one snapshot, and the
 * journal of what came after it. It keeps the generation before the newest one as well, for the case that the newest is
 * damaged.
 */

import { SyncError } from '../error.ts'

export interface Storage {
  /**
   * Opens what is stored under a name, for this process alone, and shows it to `read`.
   *
   * @throws SyncError `storage-locked` if somebody else has it open, naming the process; `storage-failed` if it cannot be
   * read, which is not to be taken for empty; `setup` if this storage does not run here. What `read` throws.
   */
  open(store: string, read: StoredReader): Promise<OpenStorage>
}

/** One state of a store: a snapshot, and the records that were appended after it, in order. */
export interface Stored {
  readonly snapshot: string
  readonly records: readonly string[]
}

/**
 * Gets what is stored, the newest generation that is intact first. If it throws, the storage is left as it is.
 */
export type StoredReader = (stored: Stored) => Verdict

/**
 * What a reader made of it:
 *
 * - a number: it has taken the snapshot and so many of the records, from the first on; what is not taken is damaged;
 * - `damaged`: the snapshot is of no use; the generation before is shown next, if there is one;
 * - `read-only`: it has taken everything, and nothing of it may be changed.
 */
export type Verdict = number | 'damaged' | 'read-only'

export interface OpenStorage {
  /** Where the store lies, for people to read. */
  readonly location: string
  /** What was found damaged, and set aside. */
  readonly damage: readonly Damage[]
  /**
   * Whether it is time to fold: `soon` when the journal has grown long, `now` when nothing can be appended (there is no
   * snapshot yet, or a write has failed in a way that leaves the journal in doubt).
   */
  readonly foldDue: 'no' | 'soon' | 'now'
  /**
   * Adds one record to the journal; it is durable when the promise resolves. One call of `append` or `fold` at a time.
   *
   * @throws SyncError `storage-failed`, `too-large`: it is as if it had not been called.
   */
  append(record: Pieces): Promise<void>
  /** Replaces snapshot and journal by a new snapshot; as durable, and as harmless where it fails. */
  fold(snapshot: Pieces): Promise<void>
  /** Lets go of the store. Waits for a write in flight. */
  close(): Promise<void>
}

/** A text that is made bit by bit, so that a long one does not block the process. */
export type Pieces = AsyncIterable<string> | Iterable<string>

/** Something that was there and could not be used. */
export interface Damage {
  /**
   * `snapshot`, `journal`: it is not what was written. `unfinished`: the end of a record that was still being written when the
   * process died, which is no loss: nobody was told that it was stored. `storage`: all of it.
   */
  readonly kind: 'snapshot' | 'journal' | 'unfinished' | 'storage'
  /** The file that it was found in, or the place in it. */
  readonly location: string
  /** Where it lies from the next `fold` on; `undefined`: nowhere, there was nothing worth keeping. */
  readonly quarantine: string | undefined
  /** Records behind the damage: intact, but of no use without what is missing. */
  readonly stranded: readonly string[]
}

/** The longest snapshot or journal that is written or read, in bytes: an engine's longest string is not much longer. */
export const maxBytes: number = 256 * 1024 * 1024

/** @throws SyncError `too-large`. */
export function checkSize(bytes: number, location: string): void {
  if (bytes > maxBytes) throw new SyncError('too-large', `${location}: more than ${maxBytes} bytes cannot be stored`)
}

/** A journal this short is not folded. */
const minJournal = 1024 * 1024

/** Folding whenever the journal has outgrown the snapshot writes every byte twice at the most, over time. */
export function isFoldDue(journalBytes: number, snapshotBytes: number): boolean {
  return journalBytes > Math.max(minJournal, snapshotBytes)
}
