import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { fileStorage, memoryStorage, sqliteStorage } from '../../src/storage/index.ts'
import type { OpenStorage, Storage } from '../../src/storage/storage.ts'
import { storageConformance, type StoragePlace } from '../../src/testing/conformance/storage.ts'
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

describe('the suite finds a storage that', () => {
  /** A good one, with methods of its stores that are not. */
  const broken = (change: (opened: OpenStorage) => Partial<OpenStorage>) => async () => {
    const storage = memoryStorage()
    const open: Storage['open'] = async (store, reader) => {
      const opened = await storage.open(store, reader)
      const methods = change(opened)
      return new Proxy(opened, {
        get(_, name) {
          if (Object.hasOwn(methods, name)) return methods[name as keyof OpenStorage]
          const member: unknown = Reflect.get(opened, name)
          return typeof member === 'function' ? (member.bind(opened) as unknown) : member
        },
      })
    }
    return () => ({ ...storage, open })
  }
  const failure = async (name: string, place: StoragePlace): Promise<string> => {
    const found = storageConformance(place).find((each) => each.name.startsWith(name))
    return await found!.run().then(
      () => 'it passed',
      (error: Error) => error.message,
    )
  }

  test('changes nothing passes', async () => {
    expect(
      await failure(
        'a snapshot and the records',
        broken(() => ({})),
      ),
    ).toBe('it passed')
  })

  test('loses a record', async () => {
    let records = 0
    const place = broken((opened) => ({
      append: async (record) => (++records === 1 ? undefined : await opened.append(record)),
    }))
    expect(await failure('a snapshot and the records', place)).toBe(
      'Expected {"snapshot":"snapshot","records":["one","two",""]}, got {"snapshot":"snapshot","records":["two",""]}',
    )
  })

  test('goes on when it is closed', async () => {
    const place = broken(() => ({ append: async () => {} }))
    expect(await failure('what is closed is closed', place)).toBe('Expected closed, got it succeeded')
  })
})
