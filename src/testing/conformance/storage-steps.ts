/** Steps and checks of the cases. */
import { SyncError } from '../../error.ts'
import type { OpenStorage, Storage, Stored, StoredReader } from '../../storage/storage.ts'

export const takeAll: StoredReader = ({ records }) => records.length

export async function load(
  storage: Storage,
  store = 'tabs',
): Promise<{ opened: OpenStorage; stored: Stored | undefined }> {
  let stored: Stored | undefined
  const opened = await storage.open(store, (shown) => {
    stored = shown
    return shown.records.length
  })
  return { opened, stored }
}

/** What a restart finds. */
export async function reload(storage: Storage, store?: string): Promise<Stored | undefined> {
  const { opened, stored } = await load(storage, store)
  await opened.close()
  return stored
}

export async function prepared(restart: () => Storage): Promise<void> {
  const { opened } = await load(restart())
  await opened.fold(['snapshot'])
  for (const record of ['one', 'two', 'three']) await opened.append([record])
  await opened.close()
}

export function same(actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== b) throw new Error(`Expected ${b?.slice(0, 500)}, got ${a?.slice(0, 500)}`)
}

export async function rejects(promise: Promise<unknown>, code: string): Promise<void> {
  const outcome = await promise.then(
    () => 'it succeeded',
    (error: unknown) => (error instanceof SyncError ? error.code : String(error)),
  )
  if (outcome !== code) throw new Error(`Expected ${code}, got ${outcome}`)
}
