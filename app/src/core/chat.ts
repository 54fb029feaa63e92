import { openSource, type OpenedSource } from 'lockstep/source'
import type { Storage } from 'lockstep/storage'
import {
  type Chat,
  type ChatCommands,
  type Message,
  type Tab,
  chatStore,
  maxPromptLength,
  noTab,
  untitled,
} from '../shared/chat.ts'
import { type AbortReason, streamAnswer } from './answer.ts'
import { checkText } from './check.ts'
import { newId } from './id.ts'
import type { Provider, Turn } from './providers/provider.ts'
import { withoutRepeat } from './seam.ts'
import { titleFrom } from './title.ts'

export type ChatSource = OpenedSource<Chat, ChatCommands>

/** Who answers the next prompt. */
export interface Answerer {
  provider: Provider
  model: string
  /** As shown beside the answer. */
  label: string
}

export interface ChatOptions {
  storage: Storage
  /** Gets what goes wrong and nobody waits for. */
  onError?: (error: unknown) => void
  answerer(): Answerer
  /** Opens a window by itself (null), or says which URL a page has to open. */
  openWindow(tabId: string | undefined): { url: string } | null
}

/** The conversations: the source of their state, with the commands that change it. */
export interface ChatKeeper {
  source: ChatSource
  /** Ends all running answers, as interrupted ones. Resolves once the state says so. */
  interrupt(): Promise<void>
}

interface RunningAnswer {
  controller: AbortController
  ended: Promise<void>
}

const maxTitleLength = 200

/** @throws SyncError what `openSource` throws. */
export async function openChat(options: ChatOptions): Promise<ChatKeeper> {
  const running = new Map<string, RunningAnswer>()

  const chat: ChatSource = await openSource(chatStore, {
    storage: options.storage,
    ...(options.onError === undefined ? {} : { onError: options.onError }),
    commands: {
      newTab: () => {
        const tab: Tab = { id: newId(), title: untitled, named: false, messages: [] }
        chat.update((draft) => {
          draft.order.push(tab.id)
          draft.tabs.set(tab.id, tab)
        })
        return tab.id
      },
      closeTab: ({ tabId }) => {
        void abort(tabId, 'stopped')
        chat.update((draft) => {
          draft.tabs.delete(tabId)
          draft.drafts.delete(tabId)
          const index = draft.order.indexOf(tabId)
          if (index !== -1) draft.order.splice(index, 1)
        })
      },
      renameTab: ({ tabId, title }) => {
        const name = checkText(title, 'The title', maxTitleLength).replace(/\s+/g, ' ').trim()
        const tab = tabOf(tabId)
        const firstPrompt = tab.messages[0]?.text
        chat.update((draft) => {
          const target = draft.tabs.get(tabId)
          if (target === undefined) return
          // An emptied title means: back to the automatic one.
          target.named = name !== ''
          target.title = name || (firstPrompt === undefined ? untitled : titleFrom(firstPrompt))
        })
      },
      ask: ({ tabId, prompt, draft: draftOf }) => {
        const text = checkText(prompt, 'The prompt', maxPromptLength).trim()
        if (text === '') throw new Error('The prompt is empty.')
        checkIdle(tabId)
        const answerer = options.answerer()
        chat.update((draft) => {
          const tab = draft.tabs.get(tabId)
          if (tab === undefined) return
          if (draftOf !== undefined) draft.drafts.delete(draftOf)
          if (tab.messages.length === 0 && !tab.named) tab.title = titleFrom(text)
          tab.messages.push({ id: newId(), role: 'user', text, status: 'done' }, emptyAnswer(answerer))
        })
        run(tabId, answerer)
      },
      stop: async ({ tabId }) => {
        await abort(tabId, 'stopped')
      },
      retry: ({ tabId }) => {
        checkIdle(tabId)
        if (tabOf(tabId).messages.at(-1)?.role !== 'assistant') throw new Error('There is no answer to try again.')
        const answerer = options.answerer()
        chat.update((draft) => {
          const messages = draft.tabs.get(tabId)?.messages
          messages?.splice(messages.length - 1, 1, emptyAnswer(answerer))
        })
        run(tabId, answerer)
      },
      continueAnswer: ({ tabId }) => {
        checkIdle(tabId)
        const last = tabOf(tabId).messages.at(-1)
        if (last?.role !== 'assistant' || last.status === 'done') throw new Error('There is no answer to continue.')
        const answerer = options.answerer()
        chat.update((draft) => {
          const message = draft.tabs.get(tabId)?.messages.at(-1)
          if (message === undefined) return
          message.status = 'streaming'
          delete message.error
          if (message.text === '' || message.model === undefined) message.model = answerer.label
          else if (!message.model.endsWith(answerer.label)) message.model += `, ${answerer.label}`
        })
        run(tabId, answerer)
      },
      saveDraft: ({ tabId, text }) => {
        const typed = checkText(text, 'The message', maxPromptLength)
        // Of a tab that has been closed meanwhile nothing is kept.
        if (tabId !== noTab && !chat.get().tabs.has(tabId)) return
        chat.update(({ drafts }) => {
          if (typed === '') drafts.delete(tabId)
          else drafts.set(tabId, typed)
        })
      },
      showTab: ({ tabId }) => {
        chat.update((draft) => {
          if (draft.tabs.has(tabId)) draft.lastShown = tabId
        })
      },
      openWindow: ({ tabId }) => options.openWindow(tabId === undefined ? undefined : tabOf(tabId).id),
    },
  })

  function tabOf(tabId: string): Pick<Tab, 'id'> & { readonly messages: readonly Readonly<Message>[] } {
    const tab = chat.get().tabs.get(tabId)
    if (tab === undefined) throw new Error('This conversation has been closed.')
    return tab
  }

  function checkIdle(tabId: string): void {
    if (tabOf(tabId).messages.at(-1)?.status === 'streaming') {
      throw new Error('An answer is still arriving here. Stop it first, or wait for its end.')
    }
  }

  async function abort(tabId: string, reason: AbortReason): Promise<void> {
    const answer = running.get(tabId)
    answer?.controller.abort(reason)
    await answer?.ended
  }

  /** Streams the answer into the last message of a tab, beside the command that asked for it. */
  function run(tabId: string, { provider, model }: Answerer): void {
    const { messages } = tabOf(tabId)
    const controller = new AbortController()
    const begun = messages.at(-1)?.text ?? ''
    const request = { model, turns: turnsOf(messages.slice(0, -1)), ...(begun === '' ? {} : { begun }) }
    const answer = withoutRepeat(begun, provider(request, controller.signal))
    const place = { tabId, index: messages.length - 1 }
    const ended = streamAnswer(chat, place, answer, controller.signal).finally(() => {
      // Whoever hears of the end may have asked again already.
      if (running.get(tabId)?.controller === controller) running.delete(tabId)
    })
    running.set(tabId, { controller, ended })
  }

  try {
    markInterrupted(chat)
  } catch (error) {
    // A state of another shape; and nobody else can let go of it yet.
    await chat.close()
    throw error
  }
  return {
    source: chat,
    async interrupt() {
      await Promise.all(Array.from(running.keys(), (tabId) => abort(tabId, 'interrupted')))
    },
  }
}

/** Nobody writes yet: what was streaming when it was saved has lost its writer. */
function markInterrupted(chat: ChatSource): void {
  chat.update(({ tabs }) => {
    for (const { messages } of tabs.values()) {
      for (const message of messages) if (message.status === 'streaming') message.status = 'interrupted'
    }
  })
}

function emptyAnswer({ label }: Answerer): Message {
  return { id: newId(), role: 'assistant', text: '', status: 'streaming', model: label }
}

/** The conversation as models take it; answers that failed before their first word say nothing. */
function turnsOf(messages: readonly Readonly<Message>[]): Turn[] {
  return messages.filter(({ text }) => text !== '').map(({ role, text }) => ({ role, content: text }))
}
