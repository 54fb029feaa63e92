import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { openAiProvider } from './openai.ts'
import { ProviderError } from './provider.ts'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  server = undefined
})

/** An HTTP server that answers as `respond` does; returns the base URL. */
async function serve(respond: (request: IncomingMessage, response: ServerResponse) => unknown): Promise<string> {
  const started = createServer(respond)
  server = started
  await new Promise<void>((resolve) => {
    started.listen(0, '127.0.0.1', resolve)
  })
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/v1`
}

/** A server that sends these bytes as a stream of events, one write each. */
function serveEvents(...writes: (string | Uint8Array)[]): Promise<string> {
  return serve(async (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
    for (const bytes of writes) {
      response.write(bytes)
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
    }
    response.end()
  })
}

function event(content: string): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`
}

const done = 'data: [DONE]\n\n'

async function complete(baseUrl: string, options: { key?: string; signal?: AbortSignal } = {}) {
  const provider = openAiProvider({ baseUrl, key: options.key })
  const request = { model: 'test', turns: [{ role: 'user' as const, content: 'Hi' }] }
  let text = ''
  let error: unknown
  try {
    for await (const piece of provider(request, options.signal ?? new AbortController().signal)) text += piece
  } catch (thrown) {
    error = thrown
  }
  return { text, error, message: error instanceof ProviderError ? error.message : undefined }
}

test('yields the text of the stream, wherever the network cuts it', async () => {
  const bytes = Buffer.from(event('Grüße, ') + event('世界 ') + event('👋🏽') + done)
  for (const size of [1, 3, 7, 1000]) {
    const writes: Uint8Array[] = []
    for (let at = 0; at < bytes.length; at += size) writes.push(bytes.subarray(at, at + size))
    expect(await complete(await serveEvents(...writes))).toMatchObject({ text: 'Grüße, 世界 👋🏽', error: undefined })
    server?.close()
  }
})

test('posts model, turns and key to the completions of the base URL', async () => {
  const seen: unknown[] = []
  const base = await serve(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    seen.push(request.method, request.url, request.headers.authorization, JSON.parse(body))
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(done)
  })
  await complete(`${base}/`, { key: 'sk-1' })
  expect(seen).toEqual([
    'POST',
    '/v1/chat/completions',
    'Bearer sk-1',
    { model: 'test', messages: [{ role: 'user', content: 'Hi' }], stream: true },
  ])
})

test('leaves out what is not text: roles, comments, usage, unknown fields', async () => {
  const base = await serveEvents(
    ': keep-alive\n\nid: 1\nfoo: bar\n',
    'data: {"choices":[{"delta":{"role":"assistant","content":null}}]}\n\n',
    event('a'),
    'data: {"choices":[{"delta":{"content":"b"},"finish_reason":"stop"}],"error":null}\n\n',
    'data: {"choices":[],"usage":{"total_tokens":3}}\n\n',
    done,
  )
  expect(await complete(base)).toMatchObject({ text: 'ab', error: undefined })
})

test('takes a finish reason for the end where [DONE] is missing', async () => {
  const base = await serveEvents(event('a'), 'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n')
  expect(await complete(base)).toMatchObject({ text: 'a', error: undefined })
})

test.each([
  [
    429,
    'application/json',
    '{"error":{"message":"Rate limit reached"}}',
    'HTTP 429 Too Many Requests: Rate limit reached',
  ],
  [401, 'application/json', '{"error":"bad key"}', 'HTTP 401 Unauthorized: bad key'],
  [500, 'application/json', '{"detail":"x"}', 'HTTP 500 Internal Server Error: {"detail":"x"}'],
  [502, 'text/html', '<html><h1>Bad  gateway</h1></html>', 'HTTP 502 Bad Gateway: Bad gateway'],
  [503, 'text/plain', '', 'HTTP 503 Service Unavailable.'],
])('says what an HTTP error says: %i %s', async (status, type, body, message) => {
  const base = await serve((_request, response) => response.writeHead(status, { 'content-type': type }).end(body))
  expect(await complete(base)).toMatchObject({ text: '', message })
})

test('keeps what came before an error in mid-stream', async () => {
  const base = await serveEvents(
    event('Half'),
    'data: {"error":{"message":"Overloaded","code":529}}\n\n',
    event('never'),
  )
  expect(await complete(base)).toMatchObject({ text: 'Half', message: 'The server reports: Overloaded' })
})

test('a stream that just ends is an error', async () => {
  const base = await serveEvents(event('Half'))
  expect(await complete(base)).toMatchObject({
    text: 'Half',
    message: 'The connection ended before the answer was complete.',
  })
})

test('a connection that breaks is an error', async () => {
  const base = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(event('Half'), () => response.socket?.end())
  })
  const { text, message } = await complete(base)
  expect(text).toBe('Half')
  expect(message).toMatch(/^The connection broke before the answer was complete: /)
})

test('an event that is not JSON is an error that shows it', async () => {
  const base = await serveEvents(event('Half'), 'data: {oops\n\n')
  expect(await complete(base)).toMatchObject({
    text: 'Half',
    message: 'The server sent an event that is not JSON: {oops',
  })
})

test('an endless event is an error, not a full memory', async () => {
  const base = await serveEvents(event('Half'), `data: ${'x'.repeat(1_100_000)}`)
  expect(await complete(base)).toMatchObject({ text: 'Half', message: 'The server sent an endless event.' })
})

test('a page or a JSON answer instead of a stream is an error', async () => {
  const page = await serve((_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'))
  expect((await complete(page)).message).toMatch(/^The server answered with text\/html instead of a stream/)
  server?.close()
  const json = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"error":{"message":"No such model"}}')
  })
  expect(await complete(json)).toMatchObject({ message: 'The server reports: No such model' })
})

test('a server that is not there, and a base URL that is none', async () => {
  const base = await serve(() => {})
  const closed = server
  await new Promise((resolve) => closed?.close(resolve))
  expect((await complete(base)).message).toMatch(/^Could not reach 127\.0\.0\.1:\d+: .*ECONNREFUSED/)
  expect((await complete('ftp://x')).message).toMatch(/^The base URL has to start with http/)
  expect((await complete('')).message).toMatch(/^The base URL/)
})

test('a redirect is refused: the key is for this server', async () => {
  let reached = false
  const base = await serve((request, response) => {
    if (request.url === '/elsewhere') reached = true
    response.writeHead(307, { location: '/elsewhere' }).end()
  })
  expect((await complete(base, { key: 'sk-1' })).message).toMatch(/^Could not reach/)
  expect(reached).toBe(false)
})

test('aborting ends the request at the server', async () => {
  const controller = new AbortController()
  let close = (): void => {}
  const closed = new Promise<void>((resolve) => (close = resolve))
  const base = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(event('Half'))
    response.on('close', close)
  })
  const answer = openAiProvider({ baseUrl: base, key: undefined })(
    { model: 'test', turns: [{ role: 'user', content: 'Hi' }] },
    controller.signal,
  )
  const read = async (): Promise<void> => {
    for await (const piece of answer) {
      expect(piece).toBe('Half')
      controller.abort()
    }
  }
  expect(await read().catch((error: unknown) => error)).toBeInstanceOf(Error)
  await closed
})
