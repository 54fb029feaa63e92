import { describe, expect, test } from 'vitest'
import { createSource } from '../../src/source/index.ts'
import { defineStore } from '../../src/index.ts'
import { fakeClock, linked, waitFor, waitForSync } from '../../src/testing/index.ts'
import { createReplica } from '../../src/replica/index.ts'
import { memoryLink } from '../../src/testing/link.ts'
import { newTab, tabsStore, testSource } from '../fixtures/tabs.ts'

const notes = defineStore('notes', { state: () => ({ title: '', text: '', done: false }) })

/** On the machine's clock. */
function onSystemClock() {
  const source = createSource(notes, { epoch: () => 'e1' })
  return { source, ...linked(source) }
}

/** On a fake one. */
function onFakeClock() {
  const clock = fakeClock()
  const source = createSource(notes, { clock, epoch: () => 'e1' })
  return { clock, source, ...linked(source) }
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  return await promise.then(
    () => 'it succeeded',
    (error: Error & { code?: string }) => `${error.code}: ${error.message}`,
  )
}

describe.each([
  ['the system clock', onSystemClock],
  ['a fake clock', onFakeClock],
])('on %s', (_, start) => {
  test('waitForSync resolves when the replica shows what was committed, whatever the intervals are', async () => {
    const { source, replica, close } = start()
    await waitForSync(replica)
    source.update((draft) => void (draft.title = 'one'))
    source.append(['text'], 'a')
    await waitForSync(replica)
    expect(replica.get()).toEqual(source.get())
    source.append(['text'], 'b')
    await waitForSync(replica)
    expect(replica.get().text).toBe('ab')
    close()
  })

  test('waitFor resolves with the state for which the predicate holds', async () => {
    const { source, replica, close } = start()
    source.update((draft) => void (draft.title = 'one'))
    const state = await waitFor(replica, ({ title }) => title === 'one')
    expect(state).toBe(replica.get())
    expect(await waitFor(replica.at('title'), (title) => title === 'one')).toBe('one')
    close()
  })

  test('waitFor sees every delivery, also one that is gone when it resolves', async () => {
    const { source, replica, close } = start()
    await waitForSync(replica)
    const found = waitFor(replica, ({ title }) => title === 'short')
    source.update((draft) => void (draft.title = 'short'))
    await waitForSync(replica)
    source.update((draft) => void (draft.title = 'long'))
    await waitForSync(replica)
    expect((await found).title).toBe('short')
    close()
  })

  test('a predicate may throw until what it looks at is there', async () => {
    const { source, replica, close } = start()
    const found = waitFor(replica, (state) => (state as { later?: { a: number } }).later!.a === 1)
    source.update((draft) => void ((draft as { later?: { a: number } }).later = { a: 1 }))
    await found
    close()
  })
})

test('waitForSync takes several windows, and hears of what was cut and came back', async () => {
  const { source, replica, link } = onSystemClock()
  const other = linked(source)
  link.cut()
  source.update((draft) => void (draft.title = 'one'))
  const both = waitForSync([replica, other.replica])
  link.reopen()
  await both
  expect([replica.get().title, other.replica.get().title]).toEqual(['one', 'one'])
})

test('waitFor takes a source and a reader', async () => {
  const { source, replica } = onSystemClock()
  const text = waitFor(replica.reader('text'), (value) => value.endsWith('c'))
  const ended = waitFor(source, ({ done }) => done)
  const writer = source.writer('text')
  for (const chunk of ['a', 'b', 'c']) writer.append(chunk)
  source.update((draft) => void (draft.done = true))
  expect(await text).toBe('abc')
  expect((await ended).text).toBe('abc')
})

describe('a failure says what was awaited, what was seen, where both sides are and what to do:', () => {
  test('waitForSync with a paused link', async () => {
    const { source, replica, link } = onFakeClock()
    await waitForSync(replica)
    link.pause()
    source.update((draft) => {
      draft.title = 'new'
      draft.text = 'x'.repeat(500)
    })
    const message = await messageOf(waitForSync(replica, { timeout: 100 }))
    expect(message).toMatch(/^timeout: waitForSync: the replica is not in step after 100 ms\n/)
    expect(message).toContain('replica: live, at e1:0')
    expect(message).toContain('source: "notes", at e1:1 (1 ahead)')
    expect(message).toContain('differs at ["title"]: replica "", source "new"')
    expect(message).toContain('(500 characters)')
    expect(message).toContain('What to do: the link is paused: call link.resume().')
    expect(message.length).toBeLessThan(1000)
  })

  test('a cut link', async () => {
    const { replica, link } = onFakeClock()
    link.cut()
    const message = await messageOf(waitForSync(replica))
    expect(message).toContain('replica: connecting, at no revision yet (it shows the initial state)')
    expect(message).toContain('the link is cut: call link.reopen().')
  })

  test('a link that is slower than the wait', async () => {
    const clock = fakeClock()
    const { replica } = linked(createSource(notes, { clock }), { latency: 5000 })
    expect(await messageOf(waitForSync(replica))).toContain("wait longer than the link's latency (5000 ms)")
  })

  test('waitFor, where the source has it not', async () => {
    const { source, replica } = onFakeClock()
    source.update((draft) => void (draft.title = 'one'))
    const message = await messageOf(waitFor(replica, (state) => state.title === 'two'))
    expect(message).toMatch(/^timeout: waitFor: not within 2000 ms: \(?state\)? => state\.title === ['"]two['"]\n/)
    expect(message).toContain('values seen: 2')
    expect(message).toContain('replica: live, at e1:1')
    expect(message).toContain('source: "notes", at e1:1 (the same)')
    expect(message).toContain('replica shows: { title: "one", text: "", done: false }')
    expect(message).toContain('check that the code under test has committed it, and the predicate')
  })

  test('waitFor, where the source is ahead', async () => {
    const { clock, source, replica } = onFakeClock()
    await waitForSync(replica)
    source.append(['text'], 'a')
    await clock.advance(600)
    source.append(['text'], 'b')
    const message = await messageOf(waitFor(replica, ({ text }) => text === 'ab', { timeout: 10 }))
    expect(message).toContain('differs at ["text"]: replica "a", source "ab"')
    expect(message).toContain('its fake clock has not moved far enough')
  })

  test('waitFor with a predicate that throws, or returns nothing', async () => {
    const { replica } = onFakeClock()
    expect(await messageOf(waitFor(replica, () => JSON.parse('{') as boolean))).toMatch(/the predicate threw: .*JSON/)
    const nothing = (() => undefined) as unknown as () => boolean
    expect(await messageOf(waitFor(replica, nothing))).toContain('the predicate returned undefined')
  })

  test('waitFor with a part', async () => {
    const { source, replica, link } = onFakeClock()
    await waitForSync(replica)
    link.cut()
    const message = await messageOf(waitFor(replica.at('title'), Boolean, { timeout: 5 }))
    expect(message).toContain('last seen: ""')
    expect(message).toContain('the link is cut')
    const unknown = await messageOf(waitFor(source.at('title'), Boolean, { timeout: 5 }))
    expect(unknown).toContain('Pass it as { clock }')
  })

  test('waitFor with a part of a replica that is closed meanwhile', async () => {
    const { replica } = onFakeClock()
    const message = messageOf(waitFor(replica.at('title'), Boolean))
    replica.close()
    expect(await message).toMatch(/^closed: waitFor: the replica was closed: /)
  })

  test('a replica that is refused, at once', async () => {
    const clock = fakeClock()
    const source = createSource(notes, { clock })
    const { replica } = linked(source)
    await waitForSync(replica)
    source.close()
    const predicate = (): boolean => false
    expect(await messageOf(waitFor(replica, predicate))).toMatch(/^closed: waitFor: the replica was refused: /)
    expect(clock.now()).toBe(0)
    const message = await messageOf(waitForSync(replica))
    expect(message).toMatch(/^closed: waitForSync: the replica cannot get in step any more\n/)
    expect(message).toContain('What to do: the replica was refused (closed): The source "notes" was closed')
  })

  test('a replica that is closed', async () => {
    const { replica, close } = onFakeClock()
    const waiting = messageOf(waitFor(replica, () => false))
    close()
    expect(await waiting).toMatch(/^closed: waitFor: the replica was closed: /)
    expect(await messageOf(waitForSync(replica))).toContain('make another')
  })

  test('a link that is closed', async () => {
    const { replica, link } = onFakeClock()
    link.server.close()
    expect(await messageOf(waitForSync(replica))).toContain('the link was closed')
  })

  test('a replica of an unknown source, and one that is told', async () => {
    const { source } = onFakeClock()
    const link = memoryLink()
    const replica = createReplica(notes, link.client)
    const message = await messageOf(waitForSync(replica, { timeout: 5 }))
    expect(message).toContain('source: not known here (pass { source } to see where it is)')
    expect(message).toContain('What to do: nobody has answered: serve the store')
    expect(await messageOf(waitForSync(replica, { timeout: 5, source }))).toContain('source: "notes", at e1:0')
  })

  test('a large state is shortened, and only some differences are told', async () => {
    const clock = fakeClock()
    const byId = new Map(Array.from({ length: 100 }, (_, index) => [`t${index}`, newTab(`title ${index}`)]))
    const { source } = testSource({ state: { order: [...byId.keys()], byId, theme: 'dark' } }, clock)
    const { replica, link } = linked(source)
    await waitForSync(replica)
    link.pause()
    source.update((draft) => {
      for (const tab of draft.byId.values()) tab.status = 'done'
    })
    const message = await messageOf(waitForSync(replica, { timeout: 1 }))
    expect(message).toContain('… and at 95 more places')
    expect(message).toContain('… 92 more')
    expect(message.length).toBeLessThan(2500)
  })
})

describe('bad input is refused:', () => {
  test.each([
    ['linked', () => linked(tabsStore as never), 'linked() takes a source'],
    ['linked(undefined)', () => linked(undefined as never), 'linked() takes a source'],
    ['latency', () => linked(createSource(notes), { latency: -1 }), "A link's latency is a number of ms"],
    ['a later latency', () => void (memoryLink().latency = Number.NaN), "A link's latency is a number of ms"],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(expect.objectContaining({ code: 'setup', message: expect.stringContaining(message) }))
  })

  test.each([
    ['no replica', () => waitForSync({} as never), 'waitForSync() takes a replica'],
    ['no replicas', () => waitForSync([]), 'waitForSync() takes a replica'],
    ['no readable', () => waitFor(undefined as never, () => true), 'waitFor() takes a replica'],
    ['no predicate', () => waitFor(onFakeClock().replica, 'done' as never), 'waitFor() takes a predicate'],
    [
      'an async predicate',
      () => waitFor(onFakeClock().replica, (async () => true) as never),
      'the predicate returned a promise',
    ],
    ['a timeout', () => waitFor(onFakeClock().replica, () => true, { timeout: -1 }), '`timeout` is a number of ms'],
  ])('%s', async (_, run, message) => {
    await expect(run()).rejects.toMatchObject({ code: 'setup', message: expect.stringContaining(message) })
  })
})
