// A program of somebody who installed the package: pack.test.ts type-checks it against the tarball.
import { defineStore, SyncError } from 'lockstep'
import { createSource } from 'lockstep/source'

const counter = defineStore('counter', { state: () => ({ count: 0, byId: new Map<string, { title: string }>() }) })
const source = createSource(counter)

source.update((draft) => {
  draft.count += 1
  draft.byId.set('a', { title: 'A' })
})
export const count: number = source.get().count
export const error: Error = new SyncError('closed', 'The store is closed')

// @ts-expect-error what reads return is readonly
source.get().count = 1
// @ts-expect-error there is no such key
source.at('nothing')
