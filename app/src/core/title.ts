const maxLength = 42
const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** A tab's title made from its first prompt: the first line with words, without Markdown marks, cut between words. */
export function titleFrom(prompt: string): string {
  const line = prompt
    .split('\n')
    .map((text) =>
      text
        .replace(/^[\s#>*+-]+/, '')
        .replace(/[`*_~]+/g, '')
        .trim(),
    )
    .find((text) => /[\p{L}\p{N}]/u.test(text))
  return shorten((line ?? prompt).trim().replace(/\s+/g, ' '))
}

function shorten(text: string): string {
  // As many UTF-16 units of a title that long would be an emoji each; segmenting a whole prompt would take its time.
  const segments = [...characters.segment(text.slice(0, maxLength * 12))].map(({ segment }) => segment)
  if (segments.length <= maxLength) return segments.join('')
  const cut = segments.slice(0, maxLength).join('')
  const space = cut.lastIndexOf(' ')
  return `${(space > maxLength / 2 ? cut.slice(0, space) : cut).replace(/[\s,;:.]+$/, '')}…`
}
