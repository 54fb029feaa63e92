import { SyncError } from 'lockstep'
import { openSource } from 'lockstep/source'
import { type OpenStorage, type Storage, memoryStorage } from 'lockstep/storage'
import { linked, waitFor } from 'lockstep/testing'
import { expect, test } from 'vitest'
import { chatStore } from '../shared/chat.ts'
import { type ChatAppOptions, openChatApp } from './chat-app.ts'

/** What windows are told about how the data fares. */

/** A disk that is full when the test says so, and keeps who writes waiting when it says so. */
function disk(base: Storage = memoryStorage()) {
  const state = { full: false, gate: Promise.resolve() }
  const check = async (): Promise<void> => {
    await state.gate
    if (state.full) throw new SyncError('storage-failed', '/data cannot be written: the disk is full')
  }
  const storage: Storage = {
    async open(store, read) {
      const opened = await base.open(store, read)
      return Object.create(opened, {
        append: {
          value: async (record: Parameters<OpenStorage['append']>[0]) => {
            await check()
            await opened.append(record)
          },
        },
        fold: {
          value: async (snapshot: Parameters<OpenStorage['fold']>[0]) => {
            await check()
            await opened.fold(snapshot)
          },
        },
        foldDue: { get: () => opened.foldDue },
        close: { value: () => opened.close() },
      }) as OpenStorage
    },
  }
  return Object.assign(state, { storage })
}

async function start(storage: Storage, options: Partial<ChatAppOptions> = {}) {
  const errors: unknown[] = []
  const app = await openChatApp({
    environment: {},
    storage,
    openWindow: () => null,
    onError: (error) => errors.push(error),
    ...options,
  })
  return { app, errors, call: linked(app.chat).replica.call, saving: () => app.data.get().saving }
}

test('saved is said of a revision, and not of what came after it', async () => {
  const slow = disk()
  const { app, call, saving } = await start(slow.storage)
  await Promise.all([app.chat.saved(), app.settings.saved()])
  expect(saving()).toEqual({ state: 'saved', revision: app.chat.revision, problem: undefined })

  let open = (): void => {}
  slow.gate = new Promise((resolve) => (open = resolve))
  await call.newTab()
  const saved = app.chat.saved()
  expect(saving()).toMatchObject({ state: 'saving', revision: app.chat.revision - 1 })
  await call.newTab()
  open()
  await saved
  await app.chat.saved()
  expect(saving()).toMatchObject({ state: 'saved', revision: app.chat.revision })
  await app.close()
})

test('a disk that is full is a problem until it is not, and stops nothing', async () => {
  const small = disk()
  const { app, call, errors, saving } = await start(small.storage)
  await app.chat.saved()
  const { revision } = app.chat
  small.full = true
  await call.newTab()
  await expect(app.chat.saved()).rejects.toThrow('the disk is full')
  expect(saving()).toEqual({
    state: 'failed',
    revision,
    problem: { code: 'storage-failed', message: '/data cannot be written: the disk is full' },
  })
  expect(errors).toHaveLength(1)
  await call.newTab()
  small.full = false
  await app.chat.saved()
  await app.settings.saved()
  expect(saving()).toEqual({ state: 'saved', revision: app.chat.revision, problem: undefined })
  await app.close()
})

test('ending says that the last changes could not be saved, and lets go all the same', async () => {
  const small = disk()
  const { app, call } = await start(small.storage)
  await app.chat.saved()
  small.full = true
  await call.newTab()
  await expect(app.close()).rejects.toMatchObject({ code: 'storage-failed' })
  small.full = false
  const next = await start(small.storage)
  expect(next.app.chat.get().order).toEqual([])
  await next.app.close()
})

test('what was damaged is told until the user has read it', async () => {
  const base = memoryStorage()
  const damaged: Storage = {
    async open(store, read) {
      const opened = await base.open(store, read)
      const damage = [{ kind: 'journal', location: '/data/1', quarantine: '/data/1~damaged', stranded: [] }]
      return store === 'chat' ? (Object.create(opened, { damage: { value: damage } }) as OpenStorage) : opened
    },
  }
  const { app } = await start(damaged)
  expect(app.data.get().findings).toMatchObject([
    { kind: 'damaged', what: 'chats', lostChanges: 0, kept: ['/data/1~damaged'] },
  ])
  await linked(app.data).replica.call.dismiss({ index: 0 })
  expect(app.data.get().findings).toEqual([])
})

test('what a newer version has saved is shown and not overwritten, and the user is told', async () => {
  const storage = memoryStorage()
  const newer = await openSource({ ...chatStore, version: 2, commands: {} }, { storage, commands: {} })
  newer.update((draft) => {
    draft.lastShown = 'tab'
  })
  await newer.close()
  const { app, call, saving } = await start(storage)
  expect(app.chat.get().lastShown).toBe('tab')
  await call.newTab()
  expect(saving()).toMatchObject({ state: 'failed', problem: { code: 'newer-version' } })
  await expect(app.close()).rejects.toMatchObject({ code: 'newer-version' })
})

test('a storage that cannot be opened leaves nothing open', async () => {
  const base = memoryStorage()
  const broken: Storage = {
    open: (store, read) =>
      store === 'chat' ? Promise.reject(new SyncError('storage-failed', 'Broken')) : base.open(store, read),
  }
  await expect(start(broken)).rejects.toThrow('Broken')
  const { app } = await start(base)
  await waitFor(app.data, ({ saving }) => saving.state === 'saved')
})
