/** What every storage has to do, whatever it stores in. */
import { SyncError } from '../../error.ts'
import type { Storage } from '../../storage/storage.ts'
import type { ConformanceCase } from './case.ts'
import { readingCases, type Cases } from './storage-reading.ts'
import { load, rejects, reload, same, takeAll } from './storage-steps.ts'

/** Makes one place that is empty; each call of what it returns gives a storage of that place, as after a restart. */
export type StoragePlace = () => Promise<() => Storage>

/**
 * The cases, for any test runner:
 *
 * ```ts
 * for (const { name, run } of storageConformance(place)) test(name, run)
 * ```
 */
export function storageConformance(place: StoragePlace): ConformanceCase[] {
  return Object.entries({ ...cases, ...readingCases }).map(([name, run]) => ({
    name,
    run: async () => await run(await place()),
  }))
}

const cases: Cases = {
  async 'a new store is empty and wants a snapshot first'(restart) {
    const { opened, stored } = await load(restart())
    same(stored, undefined)
    same(opened.damage, [])
    same(opened.foldDue, 'now')
    await rejects(opened.append(['record']), 'storage-failed')
    await opened.close()
    same(await reload(restart()), undefined)
  },
  async 'a snapshot and the records after it are there after a restart, in order'(restart) {
    const { opened } = await load(restart())
    await opened.fold(['snap', '', 'shot'])
    same(opened.foldDue, 'no')
    await opened.append(['one'])
    await opened.append(['t', 'wo'])
    await opened.append([])
    await opened.close()
    same(await reload(restart()), { snapshot: 'snapshot', records: ['one', 'two', ''] })
  },
  async 'a restart goes on where the last one stopped'(restart) {
    const expected: string[] = []
    for (let life = 0; life < 4; life++) {
      const { opened, stored } = await load(restart())
      if (life === 0) await opened.fold(['snapshot'])
      else same(stored, { snapshot: 'snapshot', records: expected })
      same(opened.damage, [])
      for (let record = 0; record < 3; record++) {
        expected.push(`${life}.${record}`)
        await opened.append([`${life}.${record}`])
      }
      await opened.close()
    }
    same(await reload(restart()), { snapshot: 'snapshot', records: expected })
  },
  async 'a fold replaces the snapshot and the journal, as often as one likes'(restart) {
    const { opened } = await load(restart())
    for (let fold = 0; fold < 5; fold++) {
      await opened.fold([`snapshot ${fold}`])
      await opened.append([`record ${fold}`])
    }
    await opened.close()
    same(await reload(restart()), { snapshot: 'snapshot 4', records: ['record 4'] })
  },
  async 'any text is kept as it is'(restart) {
    const texts = ['', '\n', '{"a":"\\n"}', 'é😀\u0000\u{10ffff}', '5 xyz\n', 'x'.repeat(300_000), `\r\n'"--;`]
    const { opened } = await load(restart())
    await opened.fold(texts)
    for (const text of texts) await opened.append([text])
    await opened.close()
    same(await reload(restart()), { snapshot: texts.join(''), records: texts })
  },
  async 'pieces may come asynchronously'(restart) {
    async function* pieces(): AsyncGenerator<string> {
      for (const piece of 'abc') yield await Promise.resolve(piece)
    }
    const { opened } = await load(restart())
    await opened.fold(pieces())
    await opened.append(pieces())
    await opened.close()
    same(await reload(restart()), { snapshot: 'abc', records: ['abc'] })
  },
  async 'pieces that fail have not been written'(restart) {
    async function* pieces(): AsyncGenerator<string> {
      yield 'abc'
      throw new SyncError('bad-update', 'on purpose')
    }
    const { opened } = await load(restart())
    await rejects(opened.fold(pieces()), 'bad-update')
    await opened.fold(['snapshot'])
    await rejects(opened.append(pieces()), 'bad-update')
    await opened.append(['record'])
    await rejects(opened.fold(pieces()), 'bad-update')
    await opened.append(['another'])
    await opened.close()
    same(await reload(restart()), { snapshot: 'snapshot', records: ['record', 'another'] })
  },
  async 'a fold falls due as the journal outgrows the snapshot'(restart) {
    const { opened } = await load(restart())
    await opened.fold(['x'.repeat(3_000_000)])
    let length = 0
    while (opened.foldDue === 'no') {
      await opened.append(['y'.repeat(500_000)])
      length += 500_000
    }
    same(opened.foldDue, 'soon')
    if (length < 2_500_000 || length > 4_000_000) throw new Error(`it fell due after ${length}`)
    await opened.close()
  },
  async 'stores do not know of each other'(restart) {
    const storage = restart()
    const names = ['tabs', 'Tabs', 'tab.s', 'tabs.', 'con', 'a'.repeat(64)]
    for (const name of names) {
      const { opened, stored } = await load(storage, name)
      same(stored, undefined)
      await opened.fold([`snapshot of ${name}`])
      await opened.append([`record of ${name}`])
      await opened.close()
    }
    for (const name of names)
      same(await reload(restart(), name), { snapshot: `snapshot of ${name}`, records: [`record of ${name}`] })
  },
  async 'several stores can be open at once'(restart) {
    const storage = restart()
    const [one, two] = [(await load(storage, 'one')).opened, (await load(storage, 'two')).opened]
    await Promise.all([one.fold(['x'.repeat(2_000_000)]), two.fold(['2'])])
    await Promise.all([one.append(['a']), two.append(['b'])])
    await one.close()
    await two.append(['c'])
    await two.close()
    same((await reload(restart(), 'one'))?.records, ['a'])
    same(await reload(restart(), 'two'), { snapshot: '2', records: ['b', 'c'] })
  },
  async 'a name that is no name is refused'(restart) {
    for (const name of ['', '..', '../x', 'a/b', 'a\\b', '.a', '1', 'a\0', 'a'.repeat(65), 'ä'])
      await rejects(restart().open(name, takeAll), 'setup')
  },
  async 'it is open once at a time'(restart) {
    const storage = restart()
    const { opened } = await load(storage)
    await opened.fold(['snapshot'])
    await rejects(storage.open('tabs', takeAll), 'storage-locked')
    await opened.append(['record'])
    await opened.close()
    same(await reload(storage), { snapshot: 'snapshot', records: ['record'] })
  },
  async 'what is closed is closed'(restart) {
    const { opened } = await load(restart())
    await opened.fold(['snapshot'])
    const writing = opened.append(['in flight'])
    await opened.close()
    await writing
    await opened.close()
    await rejects(opened.append(['late']), 'closed')
    await rejects(opened.fold(['late']), 'closed')
    same(await reload(restart()), { snapshot: 'snapshot', records: ['in flight'] })
  },
}
