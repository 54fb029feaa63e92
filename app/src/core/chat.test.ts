import { memoryStorage } from 'lockstep/storage'
import { linked, waitFor } from 'lockstep/testing'
import { expect, test } from 'vitest'
import type { Message } from '../shared/chat.ts'
import { type ChatSource, openChat } from './chat.ts'
import { type CompletionRequest, ProviderError } from './providers/provider.ts'

/** A model that says what the test tells it to, when the test tells it to. */
class ScriptedModel {
  readonly requests: CompletionRequest[] = []
  aborted = false
  #queue: ({ piece: string } | { error: unknown } | 'end')[] = []
  #wake = (): void => {}

  say(...pieces: string[]): void {
    for (const piece of pieces) this.#push({ piece })
  }

  end(): void {
    this.#push('end')
  }

  fail(error: unknown): void {
    this.#push({ error })
  }

  readonly provider = async function* (this: ScriptedModel, request: CompletionRequest, signal: AbortSignal) {
    this.requests.push(request)
    signal.addEventListener('abort', () => {
      this.aborted = true
      this.#wake()
    })
    for (;;) {
      const next = this.#queue.shift()
      if (signal.aborted) throw new DOMException('Aborted', 'AbortError')
      if (next === 'end') return
      if (next !== undefined && 'error' in next) throw next.error
      if (next !== undefined) yield next.piece
      else await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }.bind(this)

  #push(next: { piece: string } | { error: unknown } | 'end'): void {
    this.#queue.push(next)
    this.#wake()
  }
}

async function start() {
  const model = new ScriptedModel()
  const opened: (string | undefined)[] = []
  const { source: chat } = await openChat({
    storage: memoryStorage(),
    answerer: () => ({ provider: model.provider, model: 'm', label: 'Model' }),
    openWindow: (tabId) => {
      opened.push(tabId)
      return null
    },
  })
  const { call } = linked(chat).replica
  const tabId = await call.newTab()
  const messages = () => messagesOf(chat, tabId)
  /** Resolves when an answer is as it is described. */
  const answered = (index: number, holds: (answer: Readonly<Message>) => boolean) =>
    waitFor(chat, () => holds(messages()[index]!))
  return { model, chat, call, tabId, opened, messages, answered }
}

function messagesOf(chat: ChatSource, tabId: string): readonly Readonly<Message>[] {
  return chat.get().tabs.get(tabId)?.messages ?? []
}

test('an answer grows in the state, and its end is the last thing that happens to it', async () => {
  const { model, chat, call, tabId, messages, answered } = await start()
  await call.ask({ tabId, prompt: ' How are you?\nWell? ' })
  expect(chat.get().tabs.get(tabId)?.title).toBe('How are you?')
  expect(messages()).toMatchObject([
    { role: 'user', text: 'How are you?\nWell?', status: 'done' },
    { role: 'assistant', text: '', status: 'streaming', model: 'Model' },
  ])

  const seen: string[] = []
  chat.subscribe(() => seen.push(`${messages()[1]?.status} ${messages()[1]?.text}`))
  model.say('I am ', 'fine.')
  model.end()
  await answered(1, ({ status }) => status === 'done')
  expect(messages()[1]?.text).toBe('I am fine.')
  expect(seen).toEqual(['streaming ', 'streaming I am ', 'streaming I am fine.', 'done I am fine.'])
})

test('the model gets the conversation so far, without answers that have no text', async () => {
  const { model, call, tabId, messages, answered } = await start()
  await call.ask({ tabId, prompt: 'One' })
  model.fail(new ProviderError('Down'))
  await answered(1, ({ status }) => status === 'error')
  expect(messages()[1]).toMatchObject({ error: 'Down', text: '' })
  await call.ask({ tabId, prompt: 'Two' })
  model.say('Answer')
  model.end()
  await answered(3, ({ status }) => status === 'done')
  await call.ask({ tabId, prompt: 'Three' })
  expect(model.requests).toHaveLength(3)
  expect(model.requests[2]?.turns.map(({ role, content }) => `${role}: ${content}`)).toEqual([
    'user: One',
    'user: Two',
    'assistant: Answer',
    'user: Three',
  ])
})

test('an error in mid-stream keeps the text; retrying answers in its place', async () => {
  const { model, call, tabId, messages, answered } = await start()
  await call.ask({ tabId, prompt: 'One' })
  model.say('Half')
  model.fail(new ProviderError('Broken'))
  await answered(1, ({ status }) => status === 'error')
  expect(messages()[1]).toMatchObject({ text: 'Half', error: 'Broken' })
  const failed = messages()[1]?.id
  await call.retry({ tabId })
  expect(messages()[1]).toMatchObject({ text: '', status: 'streaming' })
  expect(messages()[1]).not.toHaveProperty('error')
  expect(messages()[1]?.id).not.toBe(failed)
  model.say('Whole')
  model.end()
  await answered(1, ({ status }) => status === 'done')
  expect(messages()[1]?.text).toBe('Whole')
  expect(messages()).toHaveLength(2)
})

test('what is no failure of the provider is named as unexpected', async () => {
  const { model, call, tabId, answered } = await start()
  await call.ask({ tabId, prompt: 'One' })
  model.fail(new TypeError('x is not a function'))
  await answered(1, ({ error }) => error === 'Unexpected failure: x is not a function')
})

test('stopping aborts the request, keeps the text, and has happened when the call returns', async () => {
  const { model, call, tabId, messages, answered } = await start()
  await call.ask({ tabId, prompt: 'One' })
  model.say('Half')
  await answered(1, ({ text }) => text === 'Half')
  await call.stop({ tabId })
  expect(model.aborted).toBe(true)
  expect(messages()[1]).toMatchObject({ text: 'Half', status: 'stopped' })
  await call.stop({ tabId })
  await call.ask({ tabId, prompt: 'Two' })
  expect(messages()).toHaveLength(4)
})

test('closing a tab aborts its answer and leaves nothing behind', async () => {
  const { model, chat, call, tabId, answered } = await start()
  const other = await call.newTab()
  await call.ask({ tabId, prompt: 'One' })
  model.say('Half')
  await answered(1, ({ text }) => text === 'Half')
  await call.closeTab({ tabId })
  expect(model.aborted).toBe(true)
  expect(chat.get().order).toEqual([other])
  expect([...chat.get().tabs.keys()]).toEqual([other])
  await call.closeTab({ tabId })
  expect(chat.get().order).toEqual([other])
})

test('a second prompt has to wait; another tab need not', async () => {
  const { model, call, tabId, messages } = await start()
  await call.ask({ tabId, prompt: 'One' })
  await expect(call.ask({ tabId, prompt: 'Two' })).rejects.toThrow('still arriving')
  await expect(call.retry({ tabId })).rejects.toThrow('still arriving')
  const other = await call.newTab()
  await call.ask({ tabId: other, prompt: 'Three' })
  expect(model.requests).toHaveLength(2)
  expect(messages()).toHaveLength(2)
})

test('what makes no sense is refused and changes nothing', async () => {
  const { chat, call, tabId } = await start()
  const before = chat.get()
  await expect(call.ask({ tabId, prompt: ' \n' })).rejects.toThrow('The prompt is empty.')
  await expect(call.ask({ tabId, prompt: 'x'.repeat(200_001) })).rejects.toThrow('too long')
  await expect(call.ask({ tabId, prompt: 7 as unknown as string })).rejects.toThrow('has to be a text')
  await expect(call.ask({ tabId: 'none', prompt: 'One' })).rejects.toThrow('has been closed')
  await expect(call.retry({ tabId })).rejects.toThrow('no answer')
  await expect(call.renameTab({ tabId: 'none', title: 'x' })).rejects.toThrow('has been closed')
  await expect(call.openWindow({ tabId: 'none' })).rejects.toThrow('has been closed')
  expect(chat.get()).toBe(before)
})

test('a title that was chosen stays; emptied, it is the automatic one again', async () => {
  const { chat, call, tabId } = await start()
  const title = (): string | undefined => chat.get().tabs.get(tabId)?.title
  expect(title()).toBe('New chat')
  await call.renameTab({ tabId, title: '  My \n chat ' })
  await call.ask({ tabId, prompt: 'First words' })
  expect(title()).toBe('My chat')
  await call.renameTab({ tabId, title: ' ' })
  expect(title()).toBe('First words')
})

test('the host opens windows', async () => {
  const { call, tabId, opened } = await start()
  await call.openWindow({})
  await call.openWindow({ tabId })
  expect(opened).toEqual([undefined, tabId])
})
