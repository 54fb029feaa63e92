import type { Path } from '../document/types.ts'
import { SyncError } from '../error.ts'

/** Appends to one text of a store, from the process that owns it. */
export interface Writer {
  /**
   * Adds `chunk` to the end. Costs what the chunk is long, however long the text is. The first half of a surrogate pair
   * at its end is kept back until the other half comes, so that nobody ever sees half a character.
   *
   * @throws SyncError `bad-path` if the text is gone (its tab was closed, say), `not-storable` if `chunk` is no text, `closed`
   *   after `end()`.
   */
  append(chunk: string): void
  /**
   * Adds what was kept back, sends everything at once instead of at the store's pace, and closes the writer.
   *
   * @throws SyncError `bad-path` if something was kept back and the text is gone; it is closed all the same.
   */
  end(): void
}

export function createWriter(path: Path, append: (piece: string) => void, end: () => void): Writer {
  let keptBack = ''
  let open = true
  return {
    append(chunk) {
      if (!open) throw new SyncError('closed', 'This writer has ended: ask the source for another', { path })
      checkPiece(chunk, path)
      const text = keptBack + chunk
      const last = text.charCodeAt(text.length - 1)
      // Nearly always all of it, and then nothing is to be cut.
      const half = last >= 0xd8_00 && last <= 0xdb_ff ? text.slice(-1) : ''
      const whole = half === '' ? text : text.slice(0, -1)
      if (whole !== '') append(whole)
      keptBack = half
    },
    end() {
      if (!open) return
      open = false
      try {
        if (keptBack !== '') append(keptBack)
      } finally {
        end()
      }
    },
  }
}

/** @throws SyncError `not-storable` if what is to be appended to a text is none. */
export function checkPiece(piece: unknown, path: Path): void {
  if (typeof piece !== 'string') throw new SyncError('not-storable', 'Only text can be appended to a text', { path })
}
