import { describe, expect, test, vi } from 'vitest'
import { defineStore } from '../../src/index.ts'
import { openSource } from '../../src/source/index.ts'
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

  test('is not saved any more as soon as something is changed, were it by who hears that it is saved', async () => {
    const { source, clock } = await openNotes(memoryStorage())
    const states: string[] = []
    source.saving.subscribe(({ state }) => {
      if (state !== 'saved' || source.revision > 0) return
      count(source)
      states.push(source.saving.get().state)
    })
    await clock.advance(500)
    expect(states).toEqual(['saving'])
    await clock.advance(500)
    expect([source.saving.get().state, source.revision]).toEqual(['saved', 1])
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
    const { source, slow, open } = await writing()
    for (let change = 0; change < 20; change++) count(source)
    open()
    await source.saved()
    expect(slow.writes.map(({ kind }) => kind)).toEqual(['fold', 'append', 'append'])
    await source.close()
    expect((await openNotes(slow.storage)).source.get().count).toBe(21)
  })

  test('folds where the log does not reach back', async () => {
    const { source, slow, open } = await writing()
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

/** A source with room for four ops in its log, and a write that is under way until `open` is called. */
async function writing() {
  const clock = fakeClock()
  const slow = probe(clock)
  const { source } = await openNotes(slow.storage, clock, { logLength: 4 })
  await source.saved()
  let open = (): void => {}
  slow.gate = new Promise((resolve) => (open = resolve))
  count(source)
  await clock.advance(600)
  return { source, slow, open }
}
