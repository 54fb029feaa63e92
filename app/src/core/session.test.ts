import { defineStore } from 'lockstep'
import { openSource } from 'lockstep/source'
import { memoryStorage } from 'lockstep/storage'
import { linked, waitFor } from 'lockstep/testing'
import { expect, test } from 'vitest'
import { type Message, chatStore, noTab } from '../shared/chat.ts'
import { type ChatKeeper, openChat } from './chat.ts'
import type { CompletionRequest } from './providers/provider.ts'

/** The chats over more than one life of the app, on one storage. */

function startLives() {
  const storage = memoryStorage()
  const requests: CompletionRequest[] = []
  /** Says its pieces, and then nothing more until it is aborted; or ends, if it is to. */
  const say = (pieces: readonly string[], ends: boolean) =>
    async function* (request: CompletionRequest, signal: AbortSignal) {
      requests.push(request)
      yield* pieces
      if (!ends) await new Promise((resolve) => signal.addEventListener('abort', resolve))
    }
  let provider = say([], true)
  return {
    requests,
    model: (pieces: readonly string[], ends = true) => void (provider = say(pieces, ends)),
    async live() {
      const keeper = await openChat({
        storage,
        answerer: () => ({ provider, model: 'm', label: 'Model' }),
        openWindow: () => null,
      })
      return { ...keeper, call: linked(keeper.source).replica.call }
    },
  }
}

function messagesOf({ source }: Pick<ChatKeeper, 'source'>): readonly Readonly<Message>[] {
  return source.get().tabs.get(source.get().order[0] ?? '')?.messages ?? []
}

async function askAndEnd({ model, live }: ReturnType<typeof startLives>, mid: string, clean: boolean): Promise<string> {
  const life = await live()
  const tabId = await life.call.newTab()
  model([mid], false)
  await life.call.ask({ tabId, prompt: 'Why?' })
  await waitFor(life.source, () => messagesOf(life)[1]?.text === mid)
  if (clean) await life.interrupt()
  await life.source.close()
  return tabId
}

test('data of another shape is refused, and let go of', async () => {
  const storage = memoryStorage()
  const other = defineStore(chatStore.name, { state: () => ({ tabs: new Map([['a', {}]]) }) })
  const before = await openSource(other, { storage })
  await before.close()
  const options = { storage, answerer: () => Promise.reject(new Error('not asked')) as never, openWindow: () => null }
  await expect(openChat(options)).rejects.toThrow('not iterable')
  const after = await openSource(other, { storage })
  expect(after.get().tabs.has('a')).toBe(true)
  await after.close()
})

test.each([true, false])(
  'an answer that the end of the app has cut off is continued in place (said: %s)',
  async (clean) => {
    const lives = startLives()
    const tabId = await askAndEnd(lives, 'Because it ', clean)
    const life = await lives.live()
    expect(messagesOf(life)[1]).toMatchObject({ text: 'Because it ', status: 'interrupted' })
    const { id } = messagesOf(life)[1]!

    lives.model(['Because it ', 'is.'])
    await life.call.continueAnswer({ tabId })
    await waitFor(life.source, () => messagesOf(life)[1]?.status === 'done')
    expect(messagesOf(life)).toMatchObject([{ text: 'Why?' }, { id, text: 'Because it is.', model: 'Model' }])
    expect(lives.requests.at(-1)).toEqual({
      model: 'm',
      turns: [{ role: 'user', content: 'Why?' }],
      begun: 'Because it ',
    })
  },
)

test('it can be had again instead', async () => {
  const lives = startLives()
  const tabId = await askAndEnd(lives, 'Because', false)
  const life = await lives.live()
  lives.model(['Since it is.'])
  await life.call.retry({ tabId })
  await waitFor(life.source, () => messagesOf(life)[1]?.status === 'done')
  expect(messagesOf(life)[1]?.text).toBe('Since it is.')
  expect(messagesOf(life)).toHaveLength(2)
  expect(lives.requests.at(-1)).not.toHaveProperty('begun')
})

test('another model that goes on is named as well, and what is complete is not continued', async () => {
  const lives = startLives()
  const tabId = await askAndEnd(lives, 'Because', false)
  const life = await lives.live()
  life.source.update((draft) => {
    draft.tabs.get(tabId)!.messages[1]!.model = 'Older'
  })
  lives.model([' it is.'])
  await life.call.continueAnswer({ tabId })
  await waitFor(life.source, () => messagesOf(life)[1]?.status === 'done')
  expect(messagesOf(life)[1]?.model).toBe('Older, Model')
  await expect(life.call.continueAnswer({ tabId })).rejects.toThrow('no answer to continue')
})

test('drafts and the tab that was shown last are there again', async () => {
  const { live } = startLives()
  const before = await live()
  const [one, two] = [await before.call.newTab(), await before.call.newTab()]
  await before.call.saveDraft({ tabId: one, text: 'Half a ' })
  await before.call.saveDraft({ tabId: noTab, text: 'Nowhere' })
  await before.call.showTab({ tabId: two })
  await before.source.close()

  const { source } = await live()
  expect(source.get().order).toEqual([one, two])
  expect(Object.fromEntries(source.get().drafts)).toEqual({ [one]: 'Half a ', [noTab]: 'Nowhere' })
  expect(source.get().lastShown).toBe(two)
})

test('a draft goes with its prompt, with its tab, and when it is emptied', async () => {
  const { live, model } = startLives()
  const { source, call } = await live()
  const drafts = (): string[] => [...source.get().drafts.values()]
  const [one, two] = [await call.newTab(), await call.newTab()]
  await call.saveDraft({ tabId: one, text: 'Sent' })
  await call.saveDraft({ tabId: two, text: 'Not sent' })
  model(['Yes.'])
  await call.ask({ tabId: one, prompt: 'Sent', draft: one })
  expect(drafts()).toEqual(['Not sent'])
  // A prompt that was never a draft leaves the draft alone.
  await call.ask({ tabId: two, prompt: 'A suggestion' })
  expect(drafts()).toEqual(['Not sent'])
  await call.closeTab({ tabId: two })
  await call.saveDraft({ tabId: two, text: 'Too late' })
  expect(drafts()).toEqual([])
  await call.saveDraft({ tabId: one, text: 'x' })
  await call.saveDraft({ tabId: one, text: '' })
  expect(drafts()).toEqual([])
})
