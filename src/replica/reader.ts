import type { Readable } from '../document/types.ts'
import { select } from './select.ts'

/**
 * Follows a text that grows, live: at the store's `interval`, whatever its `appendInterval` is. As long as a text ends in
 * the first half of a surrogate pair, that half is not shown.
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
export function createReader(text: Readable<unknown>, watch: () => () => void): Reader {
  const whole = select(text, wholeCharacters)
  const subscribe = (run: (value: string) => void): (() => void) => {
    const unwatch = watch()
    const unsubscribe = whole.subscribe(run)
    return () => {
      unsubscribe()
      unwatch()
    }
  }
  return {
    get: () => whole.get(),
    subscribe,
    follow(run) {
      let seen: string | undefined
      return subscribe((value) => {
        const before = seen
        seen = value ?? ''
        if (before !== undefined && seen.length >= before.length && seen.slice(0, before.length) === before) {
          if (seen.length > before.length) run(seen.slice(before.length), before.length)
        } else run(seen, 0)
      })
    },
  }
}

/** Where there is no text, what is there instead. */
function wholeCharacters(text: unknown): string {
  if (typeof text !== 'string') return text as string
  const last = text.charCodeAt(text.length - 1)
  return last >= 0xd8_00 && last <= 0xdb_ff ? text.slice(0, -1) : text
}
