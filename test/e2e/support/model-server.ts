import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One answer: what it says, and how it goes wrong, if it does. */
export interface Script {
  text: string
  /** Milliseconds between two chunks. Default: 8. */
  pace?: number
  /** Fails by this status and body instead of answering. */
  http?: { status: number; body: string }
  /** After this much text an error event ends the stream. */
  failAt?: number
  /** After this much text it says no more until `goOn` is called. */
  holdAt?: number
  /** Says only what comes after the last message of the assistant's. */
  continues?: true
}

/** A real HTTP server that speaks OpenAI's chat completions, with the text of the test. */
export interface ModelServer {
  readonly baseUrl: string
  /** What the next requests are answered by; the last one stays. */
  answer(...scripts: Script[]): void
  /** Lets the answer go on that is held. */
  goOn(): void
  readonly requests: {
    authorization: string | undefined
    body: { model: string; messages: { role: string; content: string }[] }
  }[]
  /** Requests that the client has ended before their answer was whole. */
  readonly aborted: number
  /** How much text it has said, in UTF-16 code units, in all answers. */
  readonly said: number
  close(): Promise<void>
}

export async function startModelServer(): Promise<ModelServer> {
  let scripts: Script[] = []
  let aborted = 0
  let saidInAll = 0
  let goOn = (): void => {}
  const requests: ModelServer['requests'] = []
  const server: Server = createServer((request, response) => {
    void respond(request, response)
  })

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const parsed = JSON.parse(body) as ModelServer['requests'][number]['body']
    requests.push({ authorization: request.headers.authorization, body: parsed })
    const script = (scripts.length > 1 ? scripts.shift() : scripts[0]) ?? { text: 'No script.' }
    if (script.http) {
      response.writeHead(script.http.status, { 'content-type': 'application/json' }).end(script.http.body)
      return
    }
    response.on('close', () => {
      if (!response.writableEnded) aborted++
    })
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const begun = script.continues ? (parsed.messages.findLast(({ role }) => role === 'assistant')?.content ?? '') : ''
    let said = 0
    for (const chunk of chunksOf(script.text.slice(begun.length, script.failAt))) {
      if (script.holdAt !== undefined && said < script.holdAt && said + chunk.length >= script.holdAt) {
        await new Promise<void>((resolve) => {
          goOn = resolve
        })
      }
      said += chunk.length
      saidInAll += chunk.length
      if (response.destroyed) return
      response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: chunk } }] })}\n\n`)
      await new Promise((resolve) => {
        setTimeout(resolve, script.pace ?? 8)
      })
    }
    const last = script.failAt === undefined ? '[DONE]' : '{"error":{"message":"The model is overloaded"}}'
    response.end(`data: ${last}\n\n`)
  }

  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    answer(...next) {
      scripts = next
    },
    goOn: () => goOn(),
    requests,
    get aborted() {
      return aborted
    },
    get said() {
      return saidInAll
    },
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}

/** Small chunks of changing length that also cut surrogate pairs in two, as some models' servers do. */
function chunksOf(text: string): string[] {
  const chunks: string[] = []
  for (let at = 0; at < text.length;) {
    const length = 3 + (at % 5)
    chunks.push(text.slice(at, at + length))
    at += length
  }
  return chunks
}

/** A paragraph in which every word is another: a hole or a repeat cannot hide. */
export function numberedText(words: number): string {
  return Array.from({ length: words }, (_, index) => (index % 9 === 4 ? `grüße${index}👋🏽` : `word${index}`)).join(' ')
}
