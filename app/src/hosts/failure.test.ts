import { SyncError } from 'lockstep'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { closeInTime, startFailure } from './failure.ts'

const said: unknown[] = []
beforeEach(() => {
  said.length = 0
  vi.spyOn(console, 'error').mockImplementation((message: unknown) => void said.push(message))
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

test('a start that fails is explained, with what to do where something can be done', () => {
  const locked = new SyncError('storage-locked', '/data is in use by the process 123')
  expect(startFailure(locked)).toBe(
    'Lockstep Chat cannot start: /data is in use by the process 123. Quit the one that is running, or give this one a folder of its own in LOCKSTEP_CHAT_DATA.',
  )
  expect(startFailure(new Error('Broken.'))).toBe('Lockstep Chat cannot start: Broken.')
})

test('closing well is silent', async () => {
  expect(await closeInTime({ close: async () => {} })).toBe(0)
  expect(said).toEqual([])
})

test('what could not be saved at the end is said, without a stack', async () => {
  const error = new SyncError('storage-failed', 'the disk is full')
  expect(await closeInTime({ close: () => Promise.reject(error) })).toBe(1)
  expect(said).toEqual(['Lockstep Chat: the disk is full'])
})

test('a disk that does not answer does not keep the app from ending', async () => {
  vi.useFakeTimers()
  const code = closeInTime({ close: () => new Promise(() => {}) })
  await vi.advanceTimersByTimeAsync(5_000)
  expect(await code).toBe(1)
  expect(said).toEqual(['Lockstep Chat: the last changes could not be saved in time'])
})
