import { spawn, type ChildProcess } from 'node:child_process'
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { fileStorage, sqliteStorage } from '../../src/storage/index.ts'
import type { Storage } from '../../src/storage/storage.ts'
import { fakeClock } from '../../src/testing/clock.ts'
import { Disk } from './support/disk.ts'
import { live } from './support/life.ts'

// Many small cases, on machines that do other things besides.
vi.setConfig({ testTimeout: 60_000 })

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'lockstep-lock-'))
})
afterEach(() => {
  rmSync(home, { recursive: true, force: true })
})

const kinds: readonly (readonly ['file' | 'sqlite', (place: string) => Storage])[] = [
  ['file', (place) => fileStorage(place)],
  ['sqlite', (place) => sqliteStorage(place)],
]

/** A process that has the storage open. */
async function owner(kind: string, place: string): Promise<ChildProcess> {
  const script = join(import.meta.dirname, 'support/child.ts')
  const child = spawn(process.execPath, [script, kind, place, 'folding'], { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise((resolve) => child.stdout.once('data', resolve))
  return child
}

describe.each(kinds)('%sStorage', (kind, make) => {
  test('a second process is told which one is the first, and takes over when that has died', async () => {
    const place = join(home, 'place')
    const child = await owner(kind, place)
    try {
      const { errors } = await live(make(place), 1)
      expect(errors).toMatchObject([
        { code: 'storage-locked', message: expect.stringContaining(`the process ${child.pid};`) as string },
      ])
    } finally {
      child.kill('SIGKILL')
      await new Promise((resolve) => child.once('close', resolve))
    }
    const { errors, found } = await live(make(place), 1)
    expect(errors).toEqual([])
    expect(found).toBeGreaterThan(0)
  })

  test('a store is opened while the last of the others is being closed', async () => {
    const storage = make(join(home, 'place'))
    for (let later = 0; later < 3; later++) {
      const last = await storage.open('tabs', () => 0)
      const closing = last.close()
      for (let turn = 0; turn < later; turn++) await Promise.resolve()
      const opened = await storage.open('settings', () => 0)
      await opened.fold([`snapshot ${later}`])
      await opened.close()
      await closing
    }
    const read = vi.fn(() => 0)
    await (await storage.open('settings', read)).close()
    expect(read).toHaveBeenCalledWith({ snapshot: 'snapshot 2', records: [] })
  })

  test('everything is for this user alone', async () => {
    const place = join(home, 'new', 'place')
    const opened = await make(place).open('tabs', () => 0)
    await opened.fold(['snapshot'])
    await opened.append(['record'])
    expect(statSync(join(home, 'new')).mode & 0o777).toBe(0o700)
    const entries = readdirSync(join(home, 'new'), { recursive: true, encoding: 'utf8' })
    expect(entries.length).toBeGreaterThan(2)
    for (const entry of entries) {
      const stats = lstatSync(join(home, 'new', entry))
      expect([entry, stats.mode & 0o777]).toEqual([entry, stats.isDirectory() ? 0o700 : 0o600])
    }
    await opened.close()
  })
})

test('a link in place of a database, or of the folder of a store, is not followed', async () => {
  const elsewhere = join(home, 'elsewhere')
  writeFileSync(elsewhere, '')
  symlinkSync(elsewhere, join(home, 'db'))
  await expect(sqliteStorage(join(home, 'db')).open('tabs', () => 0)).rejects.toMatchObject({ code: 'storage-failed' })
  mkdirSync(join(home, 'folder'))
  symlinkSync(home, join(home, 'folder', 'store-tabs'))
  await expect(fileStorage(join(home, 'folder')).open('tabs', () => 0)).rejects.toMatchObject({
    code: 'storage-failed',
  })
  mkdirSync(join(home, 'other', 'store-tabs'), { recursive: true })
  symlinkSync(elsewhere, join(home, 'other', 'store-tabs', '1.snapshot'))
  symlinkSync(elsewhere, join(home, 'other', 'store-tabs', '2.snapshot.tmp'))
  expect((await live(fileStorage(join(home, 'other')), 6)).errors).toEqual([])
  expect(statSync(elsewhere).size).toBe(0)
})

describe('whose lock it is', () => {
  const clock = { ...fakeClock(), schedule: (run: () => void) => (queueMicrotask(run), () => undefined) }
  const process = (pid: number, mark: string, running: readonly string[]) => ({
    pid,
    mark: async () => mark,
    isRunning: async (id: number, of: string) => running.includes(`${id} ${of}`),
  })

  test('a process that has got the id of one that died is not taken for it', async () => {
    const disk = new Disk()
    const dead = await fileStorage('/data', { fileSystem: disk, processes: process(5, 'm1', []), clock }).open(
      'tabs',
      () => 0,
    )
    await dead.fold(['s1'])
    const next = { fileSystem: disk, processes: process(6, 'm2', ['5 m9']), clock }
    expect((await live(fileStorage('/data', next), 1)).errors).toEqual([])
    expect([...disk.files('/data/store-tabs').keys()].filter((name) => name.startsWith('lock'))).toEqual([])
  })

  test('of many that start at once, never two have it', async () => {
    for (let round = 0; round < 50; round++) {
      const disk = new Disk()
      const running = Array.from({ length: 4 }, (_, index) => `${index} m${index}`)
      let holders = 0
      const results = await Promise.all(
        running.map(async (_, index) => {
          const processes = process(index, `m${index}`, running)
          try {
            const opened = await fileStorage('/data', { fileSystem: disk, processes, clock }).open('tabs', () => 0)
            expect(++holders).toBe(1)
            await Promise.resolve()
            holders--
            await opened.close()
            return 'had it'
          } catch (error) {
            return (error as { code?: string }).code
          }
        }),
      )
      expect(new Set(results).size).toBeGreaterThan(0)
      for (const result of results) expect(['had it', 'storage-locked']).toContain(result)
    }
  })
})
