import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { StoreSource } from '../../src/source/source.ts'
import { memoryStorage } from '../../src/storage/index.ts'
import { fakeClock } from '../../src/testing/clock.ts'
import { openNotes, probe } from './support/notes.ts'

// Many small cases, on machines that do other things besides.
vi.setConfig({ testTimeout: 60_000 })

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

  test('of which two writers write one, and one of them has ended, is interrupted all the same', async () => {
    const storage = memoryStorage()
    const { source } = await openNotes(storage)
    const [writer, other] = [source.writer(...path), source.writer(...path)]
    writer.append('half ')
    writer.end()
    other.append('of')
    await source.close()
    const again = await openNotes(storage)
    expect([again.source.opened.interrupted, again.source.at(...path).get()]).toEqual([[path], 'half of'])
  })

  test('of which a write is due anyway are not looked at piece by piece', async () => {
    const { source, clock } = await openNotes(memoryStorage())
    await clock.advance(1000)
    const writer = source.writer(...path)
    const looked = vi.spyOn(StoreSource.prototype, 'revision', 'get')
    onTestFinished(() => looked.mockRestore())
    writer.append('first ')
    looked.mockClear()
    for (let piece = 0; piece < 1000; piece++) writer.append('more ')
    expect(looked).not.toHaveBeenCalled()
    await clock.advance(500)
    expect(looked.mock.calls.length).toBeGreaterThan(0)
    expect(source.saving.get().state).toBe('saved')
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
