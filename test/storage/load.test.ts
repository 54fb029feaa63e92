/** How much saving writes; how long it keeps the process is measured in `bench/saving.ts`. */
import { mkdtempSync, rmSync, statSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { defineStore } from '../../src/index.ts'
import { openSource } from '../../src/source/index.ts'
import { fileStorage } from '../../src/storage/index.ts'
import { nodeFileSystem } from '../../src/storage/node-file-system.ts'
import type { FileSystem } from '../../src/storage/file-system.ts'
import { fakeClock } from '../../src/testing/clock.ts'

const home = mkdtempSync(join(tmpdir(), 'lockstep-load-'))
afterAll(() => {
  rmSync(home, { recursive: true, force: true })
})

const chatStore = defineStore('chat', { state: () => ({ answer: '' }) })

test('an answer of 200 KB in 40,000 chunks writes at most 1.5 times its bytes', async () => {
  let written = 0
  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    async open(path, how) {
      const file = await nodeFileSystem.open(path, how)
      const counting: typeof file = {
        ...file,
        async write(bytes, position) {
          const count = await file.write(bytes, position)
          written += count
          return count
        },
      }
      return counting
    },
  }
  const clock = fakeClock()
  const storage = fileStorage(join(home, 'stream'), { fileSystem })
  const source = await openSource(chatStore, { storage, clock })
  await source.saved()
  const before = written
  const writer = source.writer('answer')
  for (let chunk = 0; chunk < 40_000; chunk++) {
    writer.append('word ')
    // 200 chunks a second: over 3 minutes, in 400 saves.
    clock.advanceSync(5)
    if (chunk % 100 === 99) await source.saved()
  }
  writer.end()
  await source.saved()
  const factor = (written - before) / 200_000
  // oxlint-disable-next-line no-console -- a figure that is worth seeing
  console.info(`written: ${factor.toFixed(2)} times its bytes`)
  expect(factor).toBeLessThan(1.5)
  await source.close()
  const [folder] = readdirSync(join(home, 'stream')) as [string]
  for (const name of readdirSync(join(home, 'stream', folder)))
    expect(statSync(join(home, 'stream', folder, name)).mode & 0o777).toBe(0o600)
}, 60_000)
