import { fileStorage, memoryStorage } from 'lockstep/storage'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { linked } from 'lockstep/testing'
import { expect, test } from 'vitest'
import { type SettingsKeeper, openSettings } from './settings.ts'
import type { Vault } from './vault.ts'

/** What becomes of an API key when the app ends. */

const openai = { provider: 'openai', baseUrl: 'https://api.example.org/v1', model: 'm' } as const

/** Seals by a name that only it knows, as a keychain does by a key. */
function vaultOf(user: string): Vault {
  const sealed = new Map<string, string>()
  return {
    seal(text) {
      const name = `${user}-${sealed.size}`
      sealed.set(name, text)
      return name
    },
    unseal: (name) => sealed.get(name),
  }
}

async function end({ source, secrets }: SettingsKeeper): Promise<void> {
  await source.close()
  await secrets?.close()
}

test('sealed, it is there again, for its own server', async () => {
  const [storage, vault] = [memoryStorage(), vaultOf('me')]
  const first = await openSettings({ environment: {}, storage, vault })
  await linked(first.source).replica.call.setProvider({ ...openai, key: 'sk-1' })
  await end(first)

  const second = await openSettings({ environment: {}, storage, vault })
  expect(second.key()).toBe('sk-1')
  expect(second.source.get()).toMatchObject({ ...openai, hasKey: true })
  expect(second.keyForgotten).toBe(false)
  await end(second)

  // The environment names another server than the one that the key is for.
  const environment = { LOCKSTEP_CHAT_BASE_URL: 'https://other.example.net/v1' }
  const third = await openSettings({ environment, storage, vault })
  expect(third.key()).toBeUndefined()
  expect(third.source.get().hasKey).toBe(false)
})

test('forgotten by its user, it is not there again', async () => {
  const [storage, vault] = [memoryStorage(), vaultOf('me')]
  const first = await openSettings({ environment: {}, storage, vault })
  const { call } = linked(first.source).replica
  await call.setProvider({ ...openai, key: 'sk-1' })
  await call.setProvider({ ...openai, key: null })
  await end(first)
  const second = await openSettings({ environment: {}, storage, vault })
  expect(second.key()).toBeUndefined()
  expect(second.keyForgotten).toBe(false)
})

test('what this system cannot unseal has to be given again', async () => {
  const storage = memoryStorage()
  const first = await openSettings({ environment: {}, storage, vault: vaultOf('me') })
  await linked(first.source).replica.call.setProvider({ ...openai, key: 'sk-1' })
  await end(first)
  const second = await openSettings({ environment: {}, storage, vault: vaultOf('another') })
  expect(second.key()).toBeUndefined()
  expect(second.source.get().hasKey).toBe(false)
  expect(second.keyForgotten).toBe(true)
})

test('without a vault nothing of it is on the disk, nor is one of the environment with a vault', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-key-'))
  const first = await openSettings({ environment: {}, storage: fileStorage(folder) })
  await linked(first.source).replica.call.setProvider({ ...openai, key: 'sk-very-secret' })
  expect(first.key()).toBe('sk-very-secret')
  await end(first)
  const environment = { LOCKSTEP_CHAT_KEY: 'sk-very-secret' }
  const second = await openSettings({ environment, storage: fileStorage(folder), vault: vaultOf('me') })
  expect(second.key()).toBe('sk-very-secret')
  await end(second)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))
  const texts = files.filter((file) => statSync(file).isFile()).map((file) => readFileSync(file, 'latin1'))
  expect(texts.join('')).toContain('api.example.org')
  expect(texts.join('')).not.toContain('sk-very-secret')

  const third = await openSettings({ environment: {}, storage: fileStorage(folder) })
  expect(third.key()).toBeUndefined()
  expect(third.keyForgotten).toBe(true)
  await end(third)
  rmSync(folder, { recursive: true })
})
