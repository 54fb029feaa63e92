import { lexer } from 'marked'
import { expect, test } from 'vitest'
import { BlockReader } from './blocks.ts'

/** What a reading of the whole text gives: the truth that reading on has to match. */
function whole(text: string): string[] {
  return lexer(text.replace(/\r\n|\r/g, '\n'))
    .filter(({ type }) => type !== 'space')
    .map(({ type, raw }) => `${type}: ${raw}`)
}

function shown(reader: BlockReader, text: string): string[] {
  return reader.read(text, false).map(({ token: { type, raw } }) => `${type}: ${raw}`)
}

const documents = [
  'One paragraph\n#tag goes on\n\n# Heading\nText\n===\n\nMore',
  '- a\n- b\n\n  still b\n\n- c\n\nText\n\n1. one\n2. two\n   - deep\n\n- other',
  'Text\n```ts\nconst a = 1\n\n``` not the end\n# no heading\n```\nAfter\n\n    indented\n\n    code\n',
  '| a | b |\n|---|---|\n| 1 | 2 |\n\n> quote\nlazy\n> - list\n\n***\n\n<div>\nhtml\n\n</div>\n\nEnd',
  'A [link][1] here\n\n* * *\n- - -\n* x\n+ y\n\n\n\n[1]: https://example.org\n\nEnd\r\nwith\r\n\r\nreturns',
  '~~~\na\n```\nb\n~~~\n1) x\n2) y\n-\n\n  z\n\\# no\n\n\tcode\n',
]

test.each(documents)('reading on gives what reading anew gives, at each character: %j', (text) => {
  const reader = new BlockReader()
  for (let length = 1; length <= text.length; length += 1) {
    const prefix = text.slice(0, length)
    expect([prefix, ...shown(reader, prefix)]).toEqual([prefix, ...whole(prefix)])
  }
})

test('the same for documents mixed at random', () => {
  // mulberry32: the same documents each time.
  let seed = 1
  const random = (below: number): number => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
  const lines = documents.join('\n').split('\n')
  for (let round = 0; round < 300; round += 1) {
    const text = Array.from({ length: 12 }, () => lines[random(lines.length)]).join('\n')
    const reader = new BlockReader()
    for (let length = 1; length <= text.length; length += 1 + random(6)) {
      const prefix = text.slice(0, length)
      expect([prefix, ...shown(reader, prefix)]).toEqual([prefix, ...whole(prefix)])
    }
  }
})

test('blocks that are done keep their identity while the text grows', () => {
  const reader = new BlockReader()
  const [first] = reader.read('First.\n\nSecond.\n\nThird.', false)
  expect(reader.read('First.\n\nSecond.\n\nThird. And more.\n\nFourth', false)[0]).toBe(first)
})

test('a text that is another one is read anew', () => {
  const reader = new BlockReader()
  shown(reader, 'First.\n\nSecond.\n\nThird.')
  expect(shown(reader, 'Other.\n\nText.')).toEqual(whole('Other.\n\nText.'))
})
