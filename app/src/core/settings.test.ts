import { memoryStorage } from 'lockstep/storage'
import { linked } from 'lockstep/testing'
import { expect, test } from 'vitest'
import { type SettingsEnvironment, openSettings } from './settings.ts'

function settingsWith(environment: SettingsEnvironment) {
  return openSettings({ environment, storage: memoryStorage() })
}

const openai = { provider: 'openai', baseUrl: 'https://api.example.org/v1', model: 'm' } as const

test('the key is kept beside the state, which only says that there is one', async () => {
  const { source, key } = await settingsWith({})
  const { call } = linked(source).replica
  await call.setProvider({ ...openai, key: ' sk-secret ' })
  expect(key()).toBe('sk-secret')
  expect(source.get()).toMatchObject({ ...openai, hasKey: true })
  expect(JSON.stringify(source.get())).not.toContain('sk-secret')
})

test('the key stays until it is replaced or forgotten', async () => {
  const { source, key } = await settingsWith({ LOCKSTEP_CHAT_KEY: 'sk-1', LOCKSTEP_CHAT_BASE_URL: openai.baseUrl })
  const { call } = linked(source).replica
  expect(source.get()).toMatchObject({ provider: 'openai', hasKey: true })
  await call.setProvider({ ...openai, baseUrl: 'https://api.example.org/v2' })
  expect(key()).toBe('sk-1')
  await call.setProvider({ ...openai, key: 'sk-2' })
  expect(key()).toBe('sk-2')
  await call.setProvider({ ...openai, key: null })
  expect(key()).toBeUndefined()
  expect(source.get().hasKey).toBe(false)
})

test('another server does not get the old key, whoever asks for it', async () => {
  const { source, key } = await settingsWith({ LOCKSTEP_CHAT_KEY: 'sk-1', LOCKSTEP_CHAT_BASE_URL: openai.baseUrl })
  await linked(source).replica.call.setProvider({ ...openai, baseUrl: 'https://evil.example.net/v1' })
  expect(key()).toBeUndefined()
  expect(source.get().hasKey).toBe(false)
})

test('what makes no sense is refused and changes nothing', async () => {
  const { source, key } = await settingsWith({ LOCKSTEP_CHAT_KEY: 'sk-1' })
  const { call } = linked(source).replica
  const before = source.get()
  await expect(call.setProvider({ ...openai, baseUrl: 'file:///etc/passwd' })).rejects.toThrow('base URL')
  await expect(call.setProvider({ ...openai, model: ' ' })).rejects.toThrow('model is missing')
  await expect(call.setProvider({ ...openai, key: 'sk-\n1' })).rejects.toThrow('characters that no key has')
  await expect(call.setProvider({ ...openai, provider: 'x' as 'demo' })).rejects.toThrow('one of demo, openai')
  await expect(call.setTheme({ theme: 'x' as 'dark' })).rejects.toThrow('one of system, light, dark')
  expect(source.get()).toBe(before)
  expect(key()).toBe('sk-1')
})
