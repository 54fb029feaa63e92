/** Written only: an engine may leave out a reading whose result nobody uses. */
let _read: unknown

/**
 * Makes a text that was added to piece by piece one piece. V8 keeps a sum of texts as a tree of its parts (some 90 bytes
 * for each that is a token long) until somebody reads a character of it. Costs what the text is long: not to be done for
 * each piece.
 */
export function flatten(text: string): void {
  _read = text.charCodeAt(0)
}
