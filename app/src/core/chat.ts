import { createSource, type Source } from 'lockstep/source'
import {
  type Chat,
  type ChatCommands,
  type Message,
  type Tab,
  chatStore,
  maxPromptLength,
  untitled,
} from '../shared/chat.ts'
import { streamAnswer } from './answer.ts'
import { checkText } from './check.ts'
import { newId } from './id.ts'
import type { Provider, Turn } from './providers/provider.ts'
import { titleFrom } from './title.ts'

export type ChatSource = Source<Chat, ChatCommands>

/** Who answers the next prompt. */
export interface Answerer {
  provider: Provider
  model: string
  /** As shown beside the answer. */
  label: string
}

export interface ChatOptions {
  answerer(): Answerer
  /** Opens a window by itself (null), or says which URL a page has to open. */
  openWindow(tabId: string | undefined): { url: string } | null
}

interface RunningAnswer {
  controller: AbortController
  ended: Promise<void>
}

const maxTitleLength = 200

/** The conversations: the source of their state, with the commands that change it. */
export function createChat(options: ChatOptions): ChatSource {
  const running = new Map<string, RunningAnswer>()

  const chat: ChatSource = createSource(chatStore, {
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
        running.get(tabId)?.controller.abort()
        chat.update((draft) => {
          draft.tabs.delete(tabId)
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
      ask: ({ tabId, prompt }) => {
        const text = checkText(prompt, 'The prompt', maxPromptLength).trim()
        if (text === '') throw new Error('The prompt is empty.')
        checkIdle(tabId)
        const answerer = options.answerer()
        chat.update((draft) => {
          const tab = draft.tabs.get(tabId)
          if (tab === undefined) return
          if (tab.messages.length === 0 && !tab.named) tab.title = titleFrom(text)
          tab.messages.push({ id: newId(), role: 'user', text, status: 'done' }, emptyAnswer(answerer))
        })
        run(tabId, answerer)
      },
      stop: async ({ tabId }) => {
        const answer = running.get(tabId)
        answer?.controller.abort()
        await answer?.ended
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

  /** Streams the answer into the last message of a tab, beside the command that asked for it. */
  function run(tabId: string, { provider, model }: Answerer): void {
    const { messages } = tabOf(tabId)
    const controller = new AbortController()
    const answer = provider({ model, turns: turnsOf(messages.slice(0, -1)) }, controller.signal)
    const place = { tabId, index: messages.length - 1 }
    const ended = streamAnswer(chat, place, answer, controller.signal).finally(() => {
      // Whoever hears of the end may have asked again already.
      if (running.get(tabId)?.controller === controller) running.delete(tabId)
    })
    running.set(tabId, { controller, ended })
  }

  return chat
}

function emptyAnswer({ label }: Answerer): Message {
  return { id: newId(), role: 'assistant', text: '', status: 'streaming', model: label }
}

/** The conversation as models take it; answers that failed before their first word say nothing. */
function turnsOf(messages: readonly Readonly<Message>[]): Turn[] {
  return messages.filter(({ text }) => text !== '').map(({ role, text }) => ({ role, content: text }))
}
