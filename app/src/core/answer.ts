import type { MessageStatus } from '../shared/chat.ts'
import type { ChatSource } from './chat.ts'
import { ProviderError } from './providers/provider.ts'

/** Where the answer goes: a message of a tab. Its index holds still, since nothing before a streaming answer is removed. */
export interface AnswerPlace {
  tabId: string
  index: number
}

/** Why an answer is aborted: its user has stopped it, or the app ends. */
export type AbortReason = 'stopped' | 'interrupted'

/**
 * Appends an answer to its message as it arrives, and then says in the state how it ended. Never throws: a failure is
 * part of the conversation.
 */
export async function streamAnswer(
  chat: ChatSource,
  { tabId, index }: AnswerPlace,
  answer: AsyncIterable<string>,
  signal: AbortSignal,
): Promise<void> {
  const text = chat.writer('tabs', tabId, 'messages', index, 'text')
  const end = await read(answer, signal, (piece) => text.append(piece))
  // Closing a tab aborts its answer: by then there is nothing left to end.
  if (!chat.get().tabs.has(tabId)) return
  text.end()
  chat.update((draft) => {
    const message = draft.tabs.get(tabId)?.messages[index]
    if (message === undefined) return
    message.status = end.status
    if (end.error !== undefined) message.error = end.error
  })
}

async function read(
  answer: AsyncIterable<string>,
  signal: AbortSignal,
  append: (piece: string) => void,
): Promise<{ status: MessageStatus; error?: string }> {
  try {
    for await (const piece of answer) {
      if (signal.aborted) break
      append(piece)
    }
    return { status: signal.aborted ? (signal.reason as AbortReason) : 'done' }
  } catch (error) {
    if (signal.aborted) return { status: signal.reason as AbortReason }
    if (error instanceof ProviderError) return { status: 'error', error: error.message }
    return { status: 'error', error: `Unexpected failure: ${error instanceof Error ? error.message : String(error)}` }
  }
}
