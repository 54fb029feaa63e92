import { createParser } from 'eventsource-parser'
import { parseUrl } from '../../shared/url.ts'
import { type CompletionRequest, type Provider, ProviderError, type Turn } from './provider.ts'

export interface OpenAiOptions {
  /** Up to and without `/chat/completions`. */
  baseUrl: string
  key: string | undefined
}

/** No honest event comes near this; a server that never ends its line must not fill the memory. */
const maxEventLength = 1_000_000
const maxErrorLength = 600

const goOn =
  'Your last message was cut off. Continue it exactly where it ends, if need be within a word. Repeat nothing of it, and say nothing about this request.'

/** Any endpoint that speaks OpenAI's chat completions as a stream of server-sent events. */
export function openAiProvider({ baseUrl, key }: OpenAiOptions): Provider {
  return async function* complete(request, signal) {
    const response = await post(completionsUrl(baseUrl), key, request, signal)
    if (!response.ok) throw new ProviderError(await describeHttpError(response))
    const type = response.headers.get('content-type') ?? ''
    if (!type.startsWith('text/event-stream')) throw new ProviderError(await describeWrongType(response, type))
    if (response.body === null) throw new ProviderError('The server sent an empty answer.')
    yield* readAnswer(response.body, signal)
  }
}

function completionsUrl(baseUrl: string): string {
  const url = `${baseUrl.trim().replace(/\/+$/, '')}/chat/completions`
  if (!/^https?:\/\/[^/]/.test(url) || parseUrl(url) === undefined) {
    throw new ProviderError(`The base URL has to start with http:// or https://, but is "${baseUrl}".`)
  }
  return url
}

async function post(
  url: string,
  key: string | undefined,
  request: CompletionRequest,
  signal: AbortSignal,
): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify({ model: request.model, messages: messagesOf(request), stream: true }),
      // A redirect could carry the key to another server.
      redirect: 'error',
      signal,
    })
  } catch (error) {
    throw new ProviderError(`Could not reach ${new URL(url).host}: ${reason(error)}.`, { cause: error })
  }
}

/**
 * Servers do not agree on whether a last message of the assistant's is gone on with or answered. Asking for it in words
 * is understood by all.
 */
function messagesOf({ turns, begun }: CompletionRequest): readonly Turn[] {
  if (begun === undefined) return turns
  return [...turns, { role: 'assistant', content: begun }, { role: 'user', content: goOn }]
}

/** Yields the text of each event up to `[DONE]`; throws if the stream ends before that. */
async function* readAnswer(body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<string> {
  const events: string[] = []
  let failure: unknown
  const parser = createParser({
    onEvent: (event) => events.push(event.data),
    onError: (error) => {
      // Unknown fields are to be ignored; only an endless event is a failure.
      if (error.type === 'max-buffer-size-exceeded') failure = error
    },
    maxBufferSize: maxEventLength,
  })
  const decoder = new TextDecoder()
  let finished = false
  for await (const bytes of readBytes(body, signal)) {
    parser.feed(decoder.decode(bytes, { stream: true }))
    for (const data of events.splice(0)) {
      if (data === '[DONE]') return
      const event = parseEvent(data)
      if (event.text !== '') yield event.text
      finished ||= event.finished
    }
    if (failure !== undefined) throw new ProviderError('The server sent an endless event.', { cause: failure })
  }
  // Some servers leave out [DONE]; a finish reason says as well that the answer is whole.
  if (!finished) throw new ProviderError('The connection ended before the answer was complete.')
}

async function* readBytes(body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* body
  } catch (error) {
    if (signal.aborted) throw error
    throw new ProviderError(`The connection broke before the answer was complete: ${reason(error)}.`, { cause: error })
  }
}

function parseEvent(data: string): { text: string; finished: boolean } {
  let event: unknown
  try {
    event = JSON.parse(data)
  } catch (cause) {
    throw new ProviderError(`The server sent an event that is not JSON: ${shorten(data, 120)}`, { cause })
  }
  const failure = get(event, 'error')
  if (failure !== undefined && failure !== null) throw new ProviderError(`The server reports: ${errorText(failure)}`)
  const choices = get(event, 'choices')
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined
  const text = get(get(choice, 'delta'), 'content')
  const finish = get(choice, 'finish_reason')
  return { text: typeof text === 'string' ? text : '', finished: typeof finish === 'string' }
}

async function describeHttpError(response: Response): Promise<string> {
  const status = `HTTP ${response.status}${response.statusText === '' ? '' : ` ${response.statusText}`}`
  const body = await readShort(response)
  try {
    const parsed: unknown = JSON.parse(body)
    return `${status}: ${errorText(get(parsed, 'error') ?? parsed)}`
  } catch {
    // Not JSON: proxies answer with a page or a line of text.
    const text = body
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim()
    return text === '' ? `${status}.` : `${status}: ${shorten(text, maxErrorLength)}`
  }
}

async function describeWrongType(response: Response, type: string): Promise<string> {
  const body = await readShort(response)
  try {
    const failure = get(JSON.parse(body), 'error')
    if (failure !== undefined) return `The server reports: ${errorText(failure)}`
  } catch {
    // Not JSON: the type alone says what is wrong.
  }
  return `The server answered with ${type === '' ? 'no content type' : type} instead of a stream of events. Is the base URL right?`
}

/** The beginning of a body, which may be of any length. */
async function readShort(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  try {
    for await (const bytes of response.body ?? []) {
      text += decoder.decode(bytes, { stream: true })
      if (text.length > 20_000) break
    }
  } catch {
    // What has arrived has to do: the failure being described is the one before this.
  }
  return text
}

function errorText(failure: unknown): string {
  const message = get(failure, 'message') ?? failure
  return shorten(typeof message === 'string' ? message : JSON.stringify(message), maxErrorLength)
}

/** Why `fetch` failed: what it throws is a bare "fetch failed" with the reason underneath. */
function reason(error: unknown): string {
  const cause = get(error, 'cause')
  const message = get(cause, 'message')
  const code = get(cause, 'code')
  if (typeof message === 'string' && message !== '') return message
  if (typeof code === 'string') return code
  return error instanceof Error ? error.message : String(error)
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`
}

function get(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
}
