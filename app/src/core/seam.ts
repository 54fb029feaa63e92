/** A shorter overlap may be chance: "the the" can be what was meant. */
const shortestOverlap = 8

/**
 * The continuation of a text without what it repeats of it: models that are asked to go on begin again with their last
 * words, or with the whole text. Nothing else is held back, and that only until it is clear what it is.
 */
export async function* withoutRepeat(begun: string, continuation: AsyncIterable<string>): AsyncGenerator<string> {
  let heldBack = ''
  let decided = false
  for await (const piece of continuation) {
    if (decided) {
      yield piece
      continue
    }
    heldBack += piece
    // As long as it occurs there, it can be the beginning of what ends there.
    if (begun.includes(heldBack)) continue
    decided = true
    yield heldBack.slice(repeatedLength(begun, heldBack))
  }
  if (!decided && heldBack !== '') yield heldBack.slice(repeatedLength(begun, heldBack))
}

function repeatedLength(begun: string, text: string): number {
  if (text.startsWith(begun)) return begun.length
  for (let length = Math.min(begun.length, text.length); length >= shortestOverlap; length--) {
    if (begun.endsWith(text.slice(0, length))) return length
  }
  return 0
}
