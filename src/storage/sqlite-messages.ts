import type { StoredGeneration } from './choose.ts'

/** What is asked of the thread that has the database. */
export type SqliteRequest =
  | { readonly do: 'open'; readonly file: string }
  | { readonly do: 'load'; readonly store: string }
  /** A piece of what the next `append` or `fold` of the store will write. */
  | { readonly do: 'piece'; readonly store: string; readonly what: 'append' | 'fold'; readonly text: string }
  | { readonly do: 'append'; readonly store: string }
  | { readonly do: 'fold'; readonly store: string; readonly keep: Keep }
  /** Forgets the pieces. */
  | { readonly do: 'abort'; readonly store: string }
  | { readonly do: 'close' }

/** What becomes of older generations. */
export interface Keep {
  /** This one is kept, those before it go. */
  readonly current: number | undefined
  /** The snapshots and journals of these are kept under another name. */
  readonly damaged: readonly { readonly kind: 'snapshot' | 'journal'; readonly number: number }[]
  readonly as: string
}

export interface LoadedGenerations {
  readonly generations: readonly StoredGeneration[]
  /** Of the newest, in bytes. */
  readonly snapshotBytes: number
  readonly journalBytes: number
}

export interface Opened {
  /** Where a database lies that was damaged; what was intact in it is in the new one. */
  readonly quarantine: string | undefined
}

/** What a request results in: `LoadedGenerations` for `load`, `Opened` for `open`, a number of bytes for `append` and `fold`. */
export type SqliteAnswer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: { readonly message: string; readonly errcode: number | undefined } }
