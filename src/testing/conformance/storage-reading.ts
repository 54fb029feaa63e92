/** What a storage does with what its reader says. */
import { SyncError } from '../../error.ts'
import type { Storage, Stored } from '../../storage/storage.ts'
import { load, prepared, rejects, reload, same } from './storage-steps.ts'

/** Each gets what makes a storage of one place. */
export type Cases = Readonly<Record<string, (restart: () => Storage) => Promise<void>>>

export const readingCases: Cases = {
  async 'a reader that throws leaves everything as it is'(restart) {
    await prepared(restart)
    await rejects(
      restart().open('tabs', () => {
        throw new SyncError('migration-failed', 'on purpose')
      }),
      'migration-failed',
    )
    same(await reload(restart()), { snapshot: 'snapshot', records: ['one', 'two', 'three'] })
  },
  async 'a reader that only reads leaves everything as it is'(restart) {
    await prepared(restart)
    const opened = await restart().open('tabs', () => 'read-only')
    same(opened.foldDue, 'now')
    await rejects(opened.append(['record']), 'storage-failed')
    await opened.close()
    same(await reload(restart()), { snapshot: 'snapshot', records: ['one', 'two', 'three'] })
  },
  async 'records that are not taken are not gone on with'(restart) {
    await prepared(restart)
    const opened = await restart().open('tabs', () => 1)
    same(opened.foldDue, 'now')
    same(
      opened.damage.map(({ kind, stranded }) => ({ kind, stranded })),
      [{ kind: 'journal', stranded: ['two', 'three'] }],
    )
    await opened.fold(['snapshot with one'])
    await opened.append(['new'])
    await opened.close()
    same(await reload(restart()), { snapshot: 'snapshot with one', records: ['new'] })
  },
  async 'until what was taken is stored anew, a restart is shown the same again'(restart) {
    await prepared(restart)
    await (await restart().open('tabs', () => 1)).close()
    same(await reload(restart()), { snapshot: 'snapshot', records: ['one', 'two', 'three'] })
  },
  async 'where the snapshot is refused, the generation before is shown, with all of its journal'(restart) {
    await prepared(restart)
    const { opened } = await load(restart())
    await opened.fold(['newer'])
    await opened.append(['four'])
    await opened.close()
    const shown: Stored[] = []
    const again = await restart().open('tabs', (stored) => {
      shown.push(stored)
      return stored.snapshot === 'newer' ? 'damaged' : stored.records.length
    })
    same(again.foldDue, 'now')
    same(shown, [
      { snapshot: 'newer', records: ['four'] },
      { snapshot: 'snapshot', records: ['one', 'two', 'three', 'four'] },
    ])
    same(again.damage[0]?.kind, 'snapshot')
    await again.fold(['good'])
    await again.close()
    same(await reload(restart()), { snapshot: 'good', records: [] })
  },
  async 'where every snapshot is refused, it starts anew'(restart) {
    await prepared(restart)
    const opened = await restart().open('tabs', () => 'damaged')
    same(opened.foldDue, 'now')
    if (opened.damage.length === 0) throw new Error('no damage was reported')
    await opened.fold(['new'])
    await opened.close()
    same(await reload(restart()), { snapshot: 'new', records: [] })
  },
}
