import { describe, expect, test, vi } from 'vitest'
import type { NoCommands } from '../../src/definition.ts'
import { defineStore, SyncError, type StoreDefinition } from '../../src/index.ts'
import { openSource, type OpenedSource } from '../../src/source/index.ts'
import { fileStorage, memoryStorage } from '../../src/storage/index.ts'
import type { Storage } from '../../src/storage/storage.ts'
import { fakeClock, type FakeClock } from '../../src/testing/clock.ts'
import { Disk } from './support/disk.ts'

// Many small cases, on machines that do other things besides.
vi.setConfig({ testTimeout: 60_000 })

interface V1 {
  name: string
}
interface V2 {
  names: string[]
}
interface V3 {
  byName: Map<string, number>
}

const v1 = defineStore('people', { state: (): V1 => ({ name: 'Ada' }) })
const v3 = defineStore('people', {
  version: 3,
  state: (): V3 => ({ byName: new Map() }),
  migrate: {
    1: ({ name }: V1): V2 => ({ names: [name] }),
    2: ({ names }: V2): V3 => ({ byName: new Map(names.map((name, index) => [name, index])) }),
  },
})

async function open<State extends object>(
  definition: StoreDefinition<State, NoCommands>,
  storage: Storage,
  onError: (error: unknown) => void = () => {},
  clock: FakeClock = fakeClock(),
): Promise<OpenedSource<State>> {
  return await openSource(definition, { storage, clock, onError, date: () => 7 })
}

async function storedV1(storage: Storage): Promise<void> {
  const source = await open(v1, storage)
  await source.saved()
  source.update((draft) => void (draft.name = 'Grace'))
  await source.close()
}

test.each([1.5, -1, NaN, '2' as never])('%s is no version', async (version) => {
  const definition = defineStore('people', { version, state: (): V1 => ({ name: 'Ada' }) })
  await expect(open(definition, memoryStorage())).rejects.toMatchObject({ code: 'setup' })
})

describe('an older version', () => {
  test('is migrated step by step, and stored anew at once', async () => {
    const storage = memoryStorage()
    await storedV1(storage)
    const source = await open(v3, storage)
    expect(source.get()).toEqual({ byName: new Map([['Grace', 0]]) })
    expect(source.opened).toMatchObject({ migratedFrom: 1, savedAt: 7, recovered: undefined })
    source.update(({ byName }) => void byName.set('Barbara', 1))
    await source.close()
    const again = await open(v3, storage)
    expect(again.get().byName.size).toBe(2)
    expect(again.opened.migratedFrom).toBeUndefined()
  })

  test('may be changed in place by its migration', async () => {
    const storage = memoryStorage()
    await storedV1(storage)
    const v2 = defineStore('people', {
      version: 2,
      state: (): V1 & { age?: number } => ({ name: '' }),
      migrate: { 1: (state: V1) => Object.assign(state, { age: 1 }) },
    })
    expect((await open(v2, storage)).get()).toEqual({ name: 'Grace', age: 1 })
  })

  test.each<readonly [string, StoreDefinition<V1, NoCommands>['migrate'], RegExp]>([
    ['is missing', {}, /from version 1 to 2: `migrate` has no entry 1/],
    [
      'throws',
      {
        1: () => {
          throw new Error('no luck')
        },
      },
      /no luck/,
    ],
    [
      'throws what is no error',
      {
        1: () => {
          // oxlint-disable-next-line typescript/only-throw-error -- what others write may
          throw 'out of luck'
        },
      },
      /out of luck/,
    ],
    ['returns nothing', { 1: () => undefined }, /has to be an object/],
    ['returns what cannot be stored', { 1: () => ({ name: () => {} }) }, /function/],
  ])('whose migration %s is not opened, and stays as it is', async (_, migrate = {}, message) => {
    const storage = memoryStorage()
    await storedV1(storage)
    const v2 = defineStore('people', { version: 2, state: (): V1 => ({ name: '' }), migrate })
    const error = await open(v2, storage).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(SyncError)
    expect(error).toMatchObject({ code: 'migration-failed', message: expect.stringMatching(message) as string })
    expect((await open(v1, storage)).get().name).toBe('Grace')
  })

  test('is still there until the migrated one is stored, and as the generation before after that', async () => {
    const disk = new Disk()
    const storage = fileStorage('/data', { fileSystem: disk })
    await storedV1(storage)
    const before = [...disk.files('/data/store-people')]
    const source = await open(v3, storage)
    for (const [name, content] of before.filter(([name]) => !name.startsWith('lock')))
      expect(disk.files('/data/store-people').get(name)).toEqual(content)
    await source.saved()
    source.update(({ byName }) => void byName.set('Barbara', 1))
    await source.close()
    // The migrated generation comes to harm: the one before is migrated again.
    disk.write('/data/store-people', '2.snapshot', new Uint8Array(10))
    const again = await open(v3, storage)
    expect(again.get().byName).toEqual(new Map([['Grace', 0]]))
    expect(again.opened.recovered).toMatchObject({ lostCommits: 2 })
  })
})

describe('a newer version', () => {
  test('is opened, is not saved, and says so', async () => {
    const disk = new Disk()
    const storage = fileStorage('/data', { fileSystem: disk })
    const newer = await open(v3, storage)
    newer.update(({ byName }) => void byName.set('Ada', 1))
    await newer.close()
    const before = [...disk.files('/data/store-people')]
    const errors: unknown[] = []
    const clock = fakeClock()
    const source = await open(v1, storage, (error) => errors.push(error), clock)
    expect(source.get()).toEqual({ byName: new Map([['Ada', 1]]) })
    expect(errors).toMatchObject([{ code: 'newer-version' }])
    expect(source.saving.get()).toMatchObject({ state: 'failed', error: { code: 'newer-version' } })
    source.update((draft) => void (draft.name = 'x'))
    await clock.advance(60_000)
    await expect(source.saved()).rejects.toMatchObject({
      code: 'newer-version',
      message: expect.stringContaining('/data/store-people') as string,
    })
    await expect(source.close()).rejects.toMatchObject({ code: 'newer-version' })
    expect([...disk.files('/data/store-people')]).toEqual(before)
  })

  test('of which nothing is changed can be closed, and stays as it is', async () => {
    const disk = new Disk()
    const storage = fileStorage('/data', { fileSystem: disk })
    await (await open(v3, storage)).close()
    const before = [...disk.files('/data/store-people')]
    const source = await open(v1, storage)
    await source.saved()
    await source.close()
    expect([...disk.files('/data/store-people')]).toEqual(before)
  })
})

test('what version 1 of the format has written can be read for ever', async () => {
  const storage = memoryStorage()
  const opened = await storage.open('people', () => 0)
  const header = '{"format":1,"store":"people","version":3,"at":7,"streams":[["byName","Ada"]]}'
  await opened.fold([
    `${header}\t[0,"s","",4,{"byName":{"~":["m",["Ada",1,"n",{"~":["n","-ff"]}]]},"list":[1,"a",null]}]`,
  ])
  await opened.append(['{"at":8}\t[0,"c",4,2,[["s",["byName","Grace"],{"~":["u"]}],["d",["byName","Ada"]]]]'])
  await opened.append(['{"at":9,"streams":[]}\t[0,"c",6,1,[["a",["list",1],"b"],["x",["list"],1,0,[true]]]]'])
  await opened.close()
  const source = await open(v3, storage)
  expect(source.get()).toEqual({
    byName: new Map<string, unknown>([
      ['n', -255n],
      ['Grace', undefined],
    ]),
    list: [1, true, 'ab', null],
  })
  expect(source.opened).toEqual({ savedAt: 9, migratedFrom: undefined, interrupted: [], recovered: undefined })
})
