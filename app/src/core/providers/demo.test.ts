import { expect, test } from 'vitest'
import { demoAnswer } from './demo-answers.ts'
import { demoProvider } from './demo.ts'

function ask(prompt: string, { stopAfter = Infinity } = {}) {
  const controller = new AbortController()
  let slept = 0
  const provider = demoProvider({
    sleep: async (ms) => {
      slept += ms
      if (slept >= stopAfter) controller.abort()
    },
  })
  return provider({ model: 'demo', turns: [{ role: 'user', content: prompt }] }, controller.signal)
}

async function collect(answer: AsyncIterable<string>): Promise<string[]> {
  const pieces: string[] = []
  for await (const piece of answer) pieces.push(piece)
  return pieces
}

test.each(['hello', 'write code', 'compare a table', 'plan my week', 'how do windows stay in step'])(
  'streams the prepared answer to "%s" whole, in small pieces',
  async (prompt) => {
    const pieces = await collect(ask(prompt))
    expect(pieces.join('')).toBe(demoAnswer(prompt))
    expect(pieces.length).toBeGreaterThan(50)
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(20)
  },
)

test('answers the same each time', async () => {
  expect(await collect(ask('hello'))).toEqual(await collect(ask('hello')))
})

test('stops when it is told to', async () => {
  const pieces = await collect(ask('hello', { stopAfter: 1000 }))
  expect(pieces.length).toBeLessThan(50)
})
