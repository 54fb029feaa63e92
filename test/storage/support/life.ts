/** A source as far as a storage sees it: it counts, and what it counted up to is its state. */
import { SyncError } from '../../../src/error.ts'
import type { Damage, OpenStorage, Storage } from '../../../src/storage/storage.ts'
import { Killed } from './faults.ts'

export interface Life {
  /** Up to where it was told that everything is stored; what was found counts as told. */
  acknowledged: number
  /** Up to where it has tried to store. */
  attempted: number
  /** What it started with. */
  found: number
  damage: readonly Damage[]
  /** What it was told otherwise. */
  readonly errors: SyncError[]
  ended: 'normally' | 'killed' | 'not opened'
}

const filler = 'x'.repeat(40)

/**
 * Opens the storage, counts on, one step at a time, and closes. In every fifth step it folds, and whenever that is due.
 * Where it is killed it just ends.
 */
export async function live(storage: Storage, steps: number, report: (life: Life) => void = () => {}): Promise<Life> {
  const life: Life = { acknowledged: 0, attempted: 0, found: 0, damage: [], errors: [], ended: 'not opened' }
  try {
    const opened = await open(storage, life)
    life.ended = 'normally'
    for (let step = 1; step <= steps; step++) {
      await save(opened, life, step % 5 === 0)
      report(life)
    }
    await opened.close()
  } catch (error) {
    if (isKilled(error)) life.ended = 'killed'
    else if (error instanceof SyncError) life.errors.push(error)
    else throw error
  }
  return life
}

async function open(storage: Storage, life: Life): Promise<OpenStorage> {
  const opened = await storage.open('tabs', ({ snapshot, records }) => {
    const start = /^s(\d+)x*$/.exec(snapshot)
    if (start === null) return 'damaged'
    life.found = Number(start[1])
    let taken = 0
    for (const record of records) {
      const range = /^r(\d+)-(\d+)x*$/.exec(record)
      if (range === null || Number(range[1]) !== life.found) break
      life.found = Number(range[2])
      taken++
    }
    return taken
  })
  life.damage = opened.damage
  life.acknowledged = life.found
  life.attempted = life.found
  return opened
}

async function save(opened: OpenStorage, life: Life, fold: boolean): Promise<void> {
  const next = ++life.attempted
  try {
    if (opened.foldDue !== 'now') {
      await opened.append([`r${life.acknowledged}-${next}`, filler])
      life.acknowledged = next
    }
    if (fold || opened.foldDue !== 'no') {
      await opened.fold([`s${next}`, filler, filler])
      life.acknowledged = next
    }
  } catch (error) {
    if (isKilled(error)) throw error
    if (!(error instanceof SyncError)) throw error
    life.errors.push(error)
  }
}

function isKilled(error: unknown): boolean {
  return error instanceof Killed || (error instanceof SyncError && error.cause instanceof Killed)
}
