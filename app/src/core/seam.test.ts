import { expect, test } from 'vitest'
import { withoutRepeat } from './seam.ts'

const begun = 'The state lives in one place, and every window shows a rep'

async function continued(text: string, size: number): Promise<string[]> {
  async function* pieces() {
    for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
  }
  const shown: string[] = []
  for await (const piece of withoutRepeat(begun, pieces())) shown.push(piece)
  return shown
}

test.each([1, 3, 7, 1000])('in pieces of %i: what is repeated is left out, and nothing else', async (size) => {
  const all = async (text: string): Promise<string> => (await continued(text, size)).join('')
  expect(await all('lica of it.')).toBe('lica of it.')
  expect(await all('every window shows a replica of it.')).toBe('lica of it.')
  expect(await all(`${begun}lica of it.`)).toBe('lica of it.')
  // Too little to be more than chance, or something else altogether.
  expect(await all('rep rep rep')).toBe('rep rep rep')
  expect(await all('The state of the art')).toBe('The state of the art')
  expect(await all('window shows')).toBe('window shows')
  expect(await all(begun)).toBe('')
  expect(await all('')).toBe('')
})

test('what is no repeat is not held back', async () => {
  // "li" could be the beginning of "lives", and what follows there.
  expect(await continued('lica of it.', 1)).toEqual(['lic', 'a', ' ', 'o', 'f', ' ', 'i', 't', '.'])
})
