import type { ReplicaDocument } from '../document/replica-document.ts'
import type { Path, Readable } from '../document/types.ts'

/**
 * Follows a text that grows, live: at the store's `interval`, whatever its `appendInterval` is. As long as a text ends in
 * the first half of a surrogate pair, that half is not shown, which is why changes are not announced (`invalidate`).
 */
export interface Reader extends Readable<string> {
  /**
   * Calls `run` with the text so far (`offset` 0), and then with each piece that is added and where it begins (in UTF-16
   * code units): every piece once and in order, whatever happens to the connection. If the text is replaced rather than
   * added to, `offset` is 0 again. Returns a function that ends it.
   */
  follow(run: (chunk: string, offset: number) => void): () => void
}

/** @param watch asks for live appends; returns what takes that back. */
export function createReader(document: ReplicaDocument, path: Path, watch: () => () => void): Reader {
  // A text that grows is not looked through: engines write all of it anew before they read a character of it.
  const each = (read: typeof wholeCharacters, run: (text: string, added?: string) => void): (() => void) => {
    const unwatch = watch()
    // To begin with, what no state has in it.
    let told: unknown = each
    const unsubscribe = document.follow(path, (value, added) => {
      let text = value as string
      const before = told as string
      if (!added || text.length - added.length !== before.length || wholeCharacters(added) !== added) {
        text = read(text)
        if (text === before) return
        const grows = typeof text === 'string' && text.slice(0, before?.length) === before
        added = grows ? text.slice(before.length) : undefined
      }
      told = text
      run(text, added)
    })
    return () => {
      unsubscribe()
      unwatch()
    }
  }
  return {
    get: () => wholeCharacters(document.get(path)),
    subscribe: (run) => each(wholeCharacters, (text) => run(text)),
    follow: (run) =>
      each(
        (text) => wholeCharacters(text ?? ''),
        // Of what is no text there is no length.
        (text, added = text) => run(added, text.length - added.length || 0),
      ),
  }
}

/** Where there is no text, what is there instead. */
function wholeCharacters(text: unknown): string {
  if (typeof text !== 'string') return text as string
  return (text.charCodeAt(text.length - 1) & 0xfc_00) === 0xd8_00 ? text.slice(0, -1) : text
}
