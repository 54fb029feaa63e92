import { type Token, type TokensList, lexer } from 'marked'

/** A top-level block of Markdown: a paragraph, a list, a fence. */
export interface Block {
  /** Where it begins in the text: its identity while the text grows. */
  start: number
  token: Token
}

/**
 * Splits a growing text into blocks. Only the end of it is read again as it grows: the last two blocks, since the line
 * that is still arriving may turn out to continue the block before it ("#" ends a paragraph, "#tag" goes on with it).
 */
export class BlockReader {
  #text = ''
  #blocks: Block[] = []

  /** The blocks of `text`; those that have not changed are the same objects as before. */
  read(text: string, complete: boolean): Block[] {
    const source = normalize(text)
    // Once complete, the whole is read: a definition at the end may be meant for a link at the beginning.
    const grown = !complete && source.slice(0, this.#text.length) === this.#text
    const kept = grown ? this.#blocks.slice(0, -2) : []
    const from = kept.length === 0 ? 0 : (this.#blocks[kept.length]?.start ?? 0)
    this.#blocks = [...kept, ...split(source.slice(from), from)]
    this.#text = source
    return this.#blocks
  }
}

function split(text: string, from: number): Block[] {
  const tokens: TokensList = lexer(text)
  const blocks: Block[] = []
  let start = from
  for (const token of tokens) {
    if (token.type !== 'space') blocks.push({ start, token })
    start += token.raw.length
  }
  return blocks
}

/** As the lexer does it first of all, so that lengths add up. */
function normalize(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n|\r/g, '\n') : text
}
