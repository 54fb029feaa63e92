import { mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineStore } from 'lockstep'
import { openSource } from 'lockstep/source'
import type { Storage } from 'lockstep/storage'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { dataFolder, storageIn } from './storage.ts'

const store = defineStore('count', { state: () => ({ count: 0 }) })

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-storage-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Counts one further; returns up to where it was counted before. */
async function use(storage: Storage): Promise<number> {
  const source = await openSource(store, { storage })
  const { count } = source.get()
  source.update((draft) => {
    draft.count++
  })
  await source.close()
  return count
}

test('data stays where it began when the runtime learns SQLite', async () => {
  expect(await use(storageIn(folder, false))).toBe(0)
  expect(await use(storageIn(folder, true))).toBe(1)
  expect(await use(storageIn(folder, false))).toBe(2)
})

test('a runtime that cannot read the database says so, and does not begin anew', async () => {
  expect(await use(storageIn(folder, true))).toBe(0)
  expect(() => storageIn(folder, false)).toThrow(/chat\.db is an SQLite database.*use Node 22\.13/)
  expect(await use(storageIn(folder, true))).toBe(1)
})

test("the folder is the user's choice, or the system's place for data", () => {
  const home = homedir()
  expect(dataFolder({ LOCKSTEP_CHAT_DATA: '/mine', XDG_DATA_HOME: '/xdg' }, 'linux')).toBe('/mine')
  expect(dataFolder({ XDG_DATA_HOME: '/xdg' }, 'linux')).toBe(join('/xdg', 'lockstep-chat'))
  expect(dataFolder({}, 'linux')).toBe(join(home, '.local/share/lockstep-chat'))
  expect(dataFolder({}, 'darwin')).toBe(join(home, 'Library/Application Support/lockstep-chat'))
  expect(dataFolder({ APPDATA: '/roaming' }, 'win32')).toBe(join('/roaming', 'lockstep-chat'))
})
