/** One turn of a conversation, as models take it. */
export interface Turn {
  role: 'user' | 'assistant'
  content: string
}

export interface CompletionRequest {
  model: string
  turns: readonly Turn[]
  /** The beginning of the answer, which is there already: what is wanted is what comes after it. */
  begun?: string
}

/**
 * Answers a conversation piece by piece. It throws a `ProviderError` when the answer fails, also after it has begun, and
 * stops (throwing or not) once `signal` is aborted.
 */
export type Provider = (request: CompletionRequest, signal: AbortSignal) => AsyncIterable<string>

/** A failure whose message is meant for the user. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError'
}
