/** The stores that are served together. */
import { SyncError } from '../error.ts'
import type { Served } from './serve.ts'

/**
 * Stores by their names, which no two may share: one would never be reached.
 *
 * @throws SyncError `setup` if two do, or if this is no list.
 */
export function byName(stores: readonly Served[]): ReadonlyMap<string, Served> {
  if (!Array.isArray(stores)) throw new SyncError('setup', 'Pass a list of sources: [tabs], not tabs')
  const named = new Map<string, Served>()
  for (const store of stores as readonly Served[]) {
    const other = named.get(store.name)
    if (other !== undefined && other !== store) {
      throw new SyncError('setup', `Two of the sources are named ${JSON.stringify(store.name)}: give each its own name`)
    }
    named.set(store.name, store)
  }
  return named
}
