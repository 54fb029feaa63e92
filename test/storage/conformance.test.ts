import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, test } from 'vitest'
import { fileStorage, memoryStorage, sqliteStorage } from '../../src/storage/index.ts'
import { storageConformance } from '../../src/testing/conformance/storage.ts'
import { Disk } from './support/disk.ts'

const home = mkdtempSync(join(tmpdir(), 'lockstep-conformance-'))
let places = 0
afterAll(() => {
  rmSync(home, { recursive: true, force: true })
})

describe.each([
  [
    'memoryStorage',
    async () => {
      const storage = memoryStorage()
      return () => storage
    },
  ],
  [
    'fileStorage',
    async () => {
      const folder = join(home, `files ${places++}`, 'deeper')
      return () => fileStorage(folder)
    },
  ],
  [
    'sqliteStorage',
    async () => {
      const file = join(home, `databases ${places++}`, 'state.sqlite')
      return () => sqliteStorage(file)
    },
  ],
  [
    'fileStorage on a simulated disk',
    async () => {
      const fileSystem = new Disk()
      return () => fileStorage('/data', { fileSystem })
    },
  ],
])('%s', (_, place) => {
  test.each(storageConformance(place))('$name', ({ run }) => run(), 30_000)
})
