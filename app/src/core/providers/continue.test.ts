import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { demoAnswer } from './demo-answers.ts'
import { demoProvider } from './demo.ts'
import { openAiProvider } from './openai.ts'
import type { Provider } from './provider.ts'

/** An answer that has begun is gone on with. */

async function continued(provider: Provider, begun: string): Promise<string> {
  const turns = [{ role: 'user' as const, content: 'hello' }]
  let text = ''
  for await (const piece of provider({ model: 'm', turns, begun }, new AbortController().signal)) text += piece
  return text
}

test('the demo model says the rest of its answer', async () => {
  const demo = demoProvider({ sleep: async () => {} })
  const answer = demoAnswer('hello')
  expect(await continued(demo, answer.slice(0, 100))).toBe(answer.slice(100))
  // What somebody else has begun it cannot end.
  expect(await continued(demo, 'Something else')).toBe(`\n\n${answer}`)
})

test('a server is shown what it has said, and asked to go on', async () => {
  const bodies: unknown[] = []
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      bodies.push(body)
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end('data: {"choices":[{"delta":{"content":" world"}}]}\n\ndata: [DONE]\n\n')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const provider = openAiProvider({ baseUrl: `http://127.0.0.1:${port}/v1`, key: undefined })
  expect(await continued(provider, 'Hello')).toBe(' world')
  expect(bodies).toMatchObject([
    {
      messages: [
        { role: 'user', content: 'hello' },
        { role: 'assistant', content: 'Hello' },
        { role: 'user', content: expect.stringContaining('Continue it exactly where it ends') },
      ],
    },
  ])
  server.close()
})
