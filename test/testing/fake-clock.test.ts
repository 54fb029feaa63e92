import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { defineStore } from '../../src/index.ts'
import { createSource, openSource } from '../../src/source/index.ts'
import { fileStorage } from '../../src/storage/index.ts'
import { fakeClock, linked, waitFor, waitForSync } from '../../src/testing/index.ts'
import { testSource } from '../fixtures/tabs.ts'

/** Waiting moves a fake clock, as far as is needed. */

const notes = defineStore('notes', { state: () => ({ title: '', text: '' }) })

function onFakeClock() {
  const clock = fakeClock()
  const source = createSource(notes, { clock })
  return { clock, source, ...linked(source) }
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  return await promise.then(
    () => 'it succeeded',
    (error: Error & { code?: string }) => `${error.code}: ${error.message}`,
  )
}

test('a fake clock is moved no further than to what is awaited', async () => {
  const { clock, source, replica } = onFakeClock()
  await waitForSync(replica)
  expect(clock.now()).toBe(0)
  source.append(['text'], 'a')
  await waitForSync(replica)
  source.append(['text'], 'b')
  await waitFor(replica, ({ text }) => text === 'ab')
  expect(clock.now()).toBe(500)
})

test('until() moves a fake clock to where a promise is settled, a command for one', async () => {
  const clock = fakeClock()
  const { source } = testSource({}, clock)
  const { replica } = linked(source, { latency: 30 })
  expect(await clock.until(replica.call.rename({ id: 'a', title: 'new' }))).toBe('new')
  expect(clock.now()).toBe(120)
  await expect(clock.until(replica.call.fail('refused'))).rejects.toMatchObject({ code: 'refused' })
  expect(await messageOf(clock.until(new Promise(() => {}), 50))).toMatch(
    /^timeout: The promise was not settled within 50 ms of the fake clock: /,
  )
})

test('a fake clock is moved on for a part of a replica, too', async () => {
  const { clock, source, replica } = onFakeClock()
  await waitForSync(replica)
  source.update((draft) => void (draft.title = 'one'))
  await waitFor(replica.at('title'), (title) => title === 'one')
  source.append(['text'], 'a')
  await waitFor(
    replica.select(({ text }) => text.length),
    (length) => length === 1,
  )
  expect(clock.now()).toBe(500)
})

test('what is on no clock, a file for one, gets its time', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-clock-'))
  try {
    const clock = fakeClock()
    const files = defineStore('files', { state: () => ({ read: 0 }), commands: {} as { read(): string } })
    const source = await openSource(files, {
      clock,
      storage: fileStorage(folder),
      commands: { read: async () => await readFile(import.meta.filename, 'utf8') },
    })
    const { replica } = linked(source)
    await clock.until(replica.ready)
    expect(await clock.until(replica.call.read())).toContain('gets its time')
    source.update((draft) => void draft.read++)
    await clock.until(source.saved())
    await source.close()
  } finally {
    await rm(folder, { recursive: true })
  }
})
