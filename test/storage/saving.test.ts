import { describe, expect, test, vi } from 'vitest'
import { defineStore, SyncError } from '../../src/index.ts'
import { openSource, type Saving } from '../../src/source/index.ts'
import { memoryStorage } from '../../src/storage/index.ts'
import { fakeClock } from '../../src/testing/clock.ts'
import { count, openNotes, probe, settle } from './support/notes.ts'

// Many small cases, on machines that do other things besides.
vi.setConfig({ testTimeout: 60_000 })

describe('a source with a storage', () => {
  test('stores what it starts with, and then the changes, each at the next beat', async () => {
    const clock = fakeClock()
    const { storage, writes } = probe(clock)
    const { source } = await openNotes(storage, clock)
    expect(source.opened).toEqual({
      savedAt: undefined,
      migratedFrom: undefined,
      interrupted: [],
      recovered: undefined,
    })
    await clock.advance(2000)
    for (let change = 0; change < 300; change++) {
      count(source)
      await clock.advance(10)
    }
    await clock.advance(5000)
    expect(writes.map(({ kind, at }) => [kind, at])).toEqual([
      ['fold', 500],
      ['append', 2500],
      ['append', 3000],
      ['append', 3500],
      ['append', 4000],
      ['append', 4500],
      ['append', 5000],
    ])
    expect(writes[1]?.text).toBe('{"at":1002500}\t[0,"c",0,50,[["s",["count"],50]]]')
    await source.close()
    expect((await openNotes(storage)).source.get().count).toBe(300)
  })

  test('stores of a stream what is new in it, and not all of it again', async () => {
    const clock = fakeClock()
    const { storage, writes } = probe(clock)
    const { source } = await openNotes(storage, clock)
    await clock.advance(600)
    for (let piece = 0; piece < 300; piece++) {
      source.append(['texts', 'a'], `${piece} `)
      await clock.advance(10)
    }
    await clock.advance(1000)
    expect(writes.map(({ kind }) => kind)).toEqual(['fold', ...Array.from({ length: 6 }, () => 'append')])
    const pieces = writes.slice(1).map(({ text }) => /"a"\],"(.*)"\]\]\]/.exec(text)?.[1])
    expect(pieces.join('')).toBe(source.get().texts.get('a'))
    await source.close()
  })

  test('is loaded as it was stored, rich values and all', async () => {
    const storage = memoryStorage()
    const { source } = await openNotes(storage)
    source.update(({ texts }) => void texts.set('b', '~"\ud800é').delete('a'))
    await source.saved()
    source.append(['texts', 'b'], '!')
    const state = source.get()
    await source.close()
    const again = (await openNotes(storage)).source
    expect(again.get()).toEqual(state)
    expect(again.opened.savedAt).toBe(1_000_000)
    expect(again.revision).toBe(0)
  })

  test.each([1_000_000.25, -5, NaN, Number.POSITIVE_INFINITY])('is loaded, whatever the date was: %d', async (date) => {
    const storage = memoryStorage()
    const { source } = await openNotes(storage, fakeClock(), { date: () => date })
    await source.saved()
    count(source)
    await source.close()
    const again = (await openNotes(storage)).source
    expect([again.get().count, again.opened.recovered]).toEqual([1, undefined])
    expect(again.opened.savedAt).toBe(date > 0 && date < Number.POSITIVE_INFINITY ? 1_000_000 : 0)
  })

  test('stores the bytes of the state, and not what a reader has made of its own', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const files = defineStore('files', { state: () => ({ all: [{ bytes: new Uint8Array([1, 2]) }] }) })
    const storage = memoryStorage()
    const source = await openSource(files, { storage, clock: fakeClock() })
    const read = source.get().all[0]!.bytes as Uint8Array
    read[0] = 9
    source.update(() => {})
    await source.close()
    const again = await openSource(files, { storage, clock: fakeClock() })
    expect(again.get().all[0]!.bytes).toEqual(new Uint8Array([1, 2]))
    warn.mockRestore()
  })

  test('saved() does not wait for the interval, and shares a write', async () => {
    const clock = fakeClock()
    const { storage, writes } = probe(clock)
    const { source } = await openNotes(storage, clock)
    count(source)
    const first = source.saved()
    count(source)
    count(source)
    await Promise.all([first, source.saved(), source.saved()])
    expect(writes.map(({ kind }) => kind)).toEqual(['fold', 'append'])
    expect(clock.now()).toBe(0)
    await source.saved()
    expect(writes).toHaveLength(2)
  })

  test('writes one at a time, however slow that is', async () => {
    const clock = fakeClock()
    const slow = probe(clock)
    const { source } = await openNotes(slow.storage, clock)
    await source.saved()
    let open = (): void => {}
    for (let round = 0; round < 5; round++) {
      slow.gate = new Promise((resolve) => (open = resolve))
      for (let change = 0; change < 50; change++) {
        count(source)
        await clock.advance(100)
      }
      open()
      await settle(clock)
    }
    await clock.advance(1000)
    expect(slow.atOnce).toBe(1)
    expect(slow.writes.length).toBeLessThan(15)
    expect(source.saving.get().state).toBe('saved')
    await source.close()
    expect((await openNotes(slow.storage)).source.get().count).toBe(250)
  })

  test('folds when that is due, after the journal is complete', async () => {
    const clock = fakeClock()
    const tracked = probe(clock)
    const { source } = await openNotes(tracked.storage, clock)
    await source.saved()
    tracked.foldDue = 'soon'
    count(source)
    await source.saved()
    await settle(clock)
    expect(tracked.writes.map(({ kind }) => kind)).toEqual(['fold', 'append', 'fold'])
  })

  test('keeps what it needs of the log even before anything is stored', async () => {
    const clock = fakeClock()
    const { storage, writes } = probe(clock)
    const { source } = await openNotes(storage, clock, { logLength: 4 })
    for (let change = 0; change < 20; change++) count(source)
    await source.saved()
    expect(writes.map(({ kind }) => kind)).toEqual(['fold'])
    await source.close()
    expect((await openNotes(storage)).source.get().count).toBe(20)
  })

  test('appends what comes during a write, however much that is of the same', async () => {
    const clock = fakeClock()
    const slow = probe(clock)
    const { source } = await openNotes(slow.storage, clock, { logLength: 4 })
    await source.saved()
    let open = (): void => {}
    slow.gate = new Promise((resolve) => (open = resolve))
    count(source)
    await clock.advance(600)
    for (let change = 0; change < 20; change++) count(source)
    open()
    await source.saved()
    expect(slow.writes.map(({ kind }) => kind)).toEqual(['fold', 'append', 'append'])
    await source.close()
    expect((await openNotes(slow.storage)).source.get().count).toBe(21)
  })

  test('folds where the log does not reach back', async () => {
    const clock = fakeClock()
    const slow = probe(clock)
    const { source } = await openNotes(slow.storage, clock, { logLength: 4 })
    await source.saved()
    let open = (): void => {}
    slow.gate = new Promise((resolve) => (open = resolve))
    count(source)
    await clock.advance(600)
    for (let change = 0; change < 20; change++) source.update(({ texts }) => void texts.set(`text ${change}`, 'x'))
    open()
    await source.saved()
    await source.close()
    const again = (await openNotes(slow.storage)).source.get()
    expect([again.count, again.texts.size]).toEqual([1, 21])
  })

  test('whose state cannot be stored is not opened, and lets go of its storage', async () => {
    const storage = memoryStorage()
    const bad = defineStore('notes', { state: () => ({ count: () => 1 }) })
    await expect(openSource(bad, { storage })).rejects.toMatchObject({ code: 'not-storable', path: ['count'] })
    expect((await openNotes(storage)).source.get().count).toBe(0)
  })

  test("runs on the machine's own clock, unless told otherwise", async () => {
    const storage = memoryStorage()
    const definition = defineStore('notes', { state: () => ({ count: 0 }) })
    const source = await openSource(definition, { storage })
    source.update((draft) => void draft.count++)
    await source.saved()
    await source.close()
    const again = await openSource(definition, { storage })
    expect(again.get()).toEqual({ count: 1 })
    expect(Math.abs(Date.now() - (again.opened.savedAt ?? 0))).toBeLessThan(3_600_000)
    await again.close()
  })

  test('close() saves, once, and refuses changes from then on', async () => {
    const storage = memoryStorage()
    const { source, clock } = await openNotes(storage)
    count(source)
    const closing = source.close()
    expect(source.close()).toBe(closing)
    expect(() => count(source)).toThrow(expect.objectContaining({ code: 'closed' }))
    await closing
    expect(clock.next).toBeUndefined()
    expect((await openNotes(storage)).source.get().count).toBe(1)
  })
})

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

describe('streams', () => {
  const path = ['texts', 'a'] as const

  test('one that was open is interrupted, one that had ended is not', async () => {
    const storage = memoryStorage()
    const { source } = await openNotes(storage)
    source.update(({ texts }) => void texts.set('b', ''))
    const [writer, other] = [source.writer(...path), source.writer('texts', 'b')]
    writer.append('half of')
    other.append('all')
    other.end()
    await source.close()
    const again = await openNotes(storage)
    expect(again.source.opened.interrupted).toEqual([path])
    expect(again.source.at(...path).get()).toBe('half of')
    await again.source.close()
    expect((await openNotes(storage)).source.opened.interrupted).toEqual([])
  })

  test('that a writer ended is saved, even if nothing else is', async () => {
    const storage = memoryStorage()
    const { source, clock } = await openNotes(storage)
    const writer = source.writer(...path)
    writer.append('all')
    await source.saved()
    writer.end()
    expect(source.saving.get().state).toBe('saving')
    await clock.advance(500)
    expect(source.saving.get().state).toBe('saved')
    await source.close()
    expect((await openNotes(storage)).source.opened.interrupted).toEqual([])
  })

  test('that a writer ended in the middle of the last write is saved, too', async () => {
    const clock = fakeClock()
    const slow = probe(clock)
    const { source } = await openNotes(slow.storage, clock)
    const writer = source.writer('texts', 'a')
    await source.saved()
    writer.append('all')
    let open = (): void => {}
    slow.gate = new Promise((resolve) => (open = resolve))
    const saved = source.saved()
    writer.end()
    const closed = source.close()
    open()
    await Promise.all([saved, closed])
    expect((await openNotes(slow.storage)).source.opened.interrupted).toEqual([])
  })

  test('one whose text is gone is over when it ends, even if it has kept something back', async () => {
    const storage = memoryStorage()
    const { source } = await openNotes(storage)
    const writer = source.writer('texts', 'a')
    writer.append('\ud83d')
    source.update(({ texts }) => void texts.delete('a'))
    expect(() => writer.end()).toThrow(expect.objectContaining({ code: 'bad-path' }))
    source.update(({ texts }) => void texts.set('a', 'another'))
    await source.close()
    expect((await openNotes(storage)).source.opened.interrupted).toEqual([])
  })

  test('a writer that came and went in between is not worth a write', async () => {
    const clock = fakeClock()
    const { storage, writes } = probe(clock)
    const { source } = await openNotes(storage, clock)
    await source.saved()
    source.writer(...path).end()
    await clock.advance(1000)
    expect(writes).toHaveLength(1)
    expect(source.saving.get().state).toBe('saved')
  })

  test('a text that is gone is not interrupted', async () => {
    const storage = memoryStorage()
    const { source } = await openNotes(storage)
    source.writer(...path)
    source.update(({ texts }) => void texts.delete('a'))
    await source.close()
    expect((await openNotes(storage)).source.opened.interrupted).toEqual([])
  })
})
