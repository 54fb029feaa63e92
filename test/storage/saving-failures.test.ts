import { describe, expect, test, vi } from 'vitest'
import { SyncError } from '../../src/index.ts'
import type { Saving } from '../../src/source/index.ts'
import { memoryStorage } from '../../src/storage/index.ts'
import { fakeClock } from '../../src/testing/clock.ts'
import { count, openNotes, probe, settle } from './support/notes.ts'

// Many small cases, on machines that do other things besides.
vi.setConfig({ testTimeout: 60_000 })

describe('a storage that fails', () => {
  const full = (): SyncError =>
    new SyncError('storage-failed', '/data cannot be written', {
      cause: Object.assign(new Error(), { code: 'ENOSPC' }),
    })

  test('stops nothing, is reported once per cause, and is tried again at ever longer intervals', async () => {
    const clock = fakeClock()
    const failing = probe(clock)
    const { source, errors } = await openNotes(failing.storage, clock)
    const states: Saving[] = []
    source.saving.subscribe((saving) => states.push(saving))
    await source.saved()
    failing.error = full()
    for (let second = 0; second < 120; second++) {
      count(source)
      await clock.advance(1000)
    }
    expect(source.get().count).toBe(120)
    expect(errors).toEqual([failing.error])
    failing.error = new SyncError('storage-failed', 'another')
    await clock.advance(60_000)
    expect(errors).toHaveLength(2)
    expect(states.at(-1)).toEqual({ state: 'failed', error: { code: 'storage-failed', message: 'another' } })
    expect(states.length).toBeLessThan(20)
    failing.error = undefined
    await clock.advance(30_000)
    expect(states.at(-1)).toEqual({ state: 'saved', error: undefined })
    failing.error = full()
    count(source)
    await clock.advance(1000)
    expect(errors).toHaveLength(3)
    failing.error = undefined
    await source.close()
    expect((await openNotes(failing.storage)).source.get().count).toBe(121)
  })

  test('saved() rejects rather than lie; close() too, and lets go nevertheless', async () => {
    const clock = fakeClock()
    const failing = probe(clock)
    const { source } = await openNotes(failing.storage, clock)
    await source.saved()
    failing.error = full()
    count(source)
    await expect(source.saved()).rejects.toBe(failing.error)
    await expect(source.saved()).rejects.toBe(failing.error)
    expect(source.saving.get().state).toBe('failed')
    await expect(source.close()).rejects.toBe(failing.error)
    expect(clock.next).toBeUndefined()
    failing.error = undefined
    expect((await openNotes(failing.storage)).source.get().count).toBe(0)
  })

  test('a first snapshot that cannot be stored is a failure, and is tried again', async () => {
    const clock = fakeClock()
    const failing = probe(clock)
    failing.error = full()
    const { source, errors } = await openNotes(failing.storage, clock)
    await clock.advance(600)
    expect(source.saving.get()).toEqual({
      state: 'failed',
      error: { code: 'storage-failed', message: failing.error.message },
    })
    expect(errors).toEqual([failing.error])
    failing.error = undefined
    await clock.advance(60_000)
    expect(source.saving.get().state).toBe('saved')
    expect(failing.writes.map(({ kind }) => kind)).toEqual(['fold'])
  })

  test('a write that fails rejects who waited for it, and not who came while it was under way', async () => {
    const clock = fakeClock()
    const failing = probe(clock)
    const { source } = await openNotes(failing.storage, clock)
    await source.saved()
    failing.error = full()
    let open = (): void => {}
    failing.gate = new Promise((resolve) => (open = resolve))
    count(source)
    const first = source.saved().catch((error: unknown) => error)
    await settle(clock)
    count(source)
    const second = source.saved()
    open()
    expect(await first).toBe(failing.error)
    failing.error = undefined
    await second
    await source.close()
    expect((await openNotes(failing.storage)).source.get().count).toBe(2)
  })

  test('who watches the saving may throw, and may stop watching', async () => {
    const clock = fakeClock()
    const { source, errors } = await openNotes(memoryStorage(), clock)
    const thrown = new Error('of a listener')
    const states: string[] = []
    const unsubscribe = source.saving.subscribe(() => {
      throw thrown
    })
    source.saving.subscribe(({ state }) => states.push(state))
    await source.saved()
    expect(errors).toEqual([thrown, thrown])
    unsubscribe()
    count(source)
    await source.saved()
    expect(errors).toHaveLength(2)
    expect(states).toEqual(['saving', 'saved', 'saving', 'saved'])
  })

  test('an onError that throws does not stop the saving', async () => {
    const reported = vi.fn<(error: unknown) => void>()
    vi.stubGlobal('reportError', reported)
    const clock = fakeClock()
    const failing = probe(clock)
    const worse = new Error('not even this')
    const onError = (): void => {
      throw worse
    }
    const { source } = await openNotes(failing.storage, clock, { onError })
    failing.error = new SyncError('storage-failed', 'Disk full')
    count(source)
    await expect(source.saved()).rejects.toBe(failing.error)
    failing.error = undefined
    await source.saved()
    expect([source.saving.get().state, reported.mock.calls]).toEqual(['saved', [[worse]]])
    vi.unstubAllGlobals()
  })

  test('a fold that fails is no failure to save, where the journal goes on', async () => {
    const clock = fakeClock()
    const failing = probe(clock)
    const { source, errors } = await openNotes(failing.storage, clock)
    await source.saved()
    failing.foldDue = 'soon'
    failing.error = full()
    failing.fails = (kind) => kind === 'fold'
    for (let change = 0; change < 5; change++) {
      count(source)
      await source.saved()
      await settle(clock)
    }
    expect(errors).toEqual([failing.error])
    expect(source.saving.get().state).toBe('saved')
  })
})
