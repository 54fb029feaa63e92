/** The tables: which rows there are, which of them are what was written. */
import { createHash, type Hash } from 'node:crypto'
import { Buffer } from 'node:buffer'
import type { DatabaseSync } from 'node:sqlite'
import type { StoredGeneration } from './choose.ts'

/** A generation is there when its row is; chunks without one are of a fold that did not come to its end. */
export const schema: string = `
  CREATE TABLE IF NOT EXISTS generation (store TEXT, number INTEGER, chunks INTEGER, bytes INTEGER, checksum TEXT,
    PRIMARY KEY (store, number)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS chunk (store TEXT, number INTEGER, position INTEGER, content BLOB,
    PRIMARY KEY (store, number, position)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS record (store TEXT, number INTEGER, position INTEGER, content BLOB, checksum TEXT,
    PRIMARY KEY (store, number, position)) WITHOUT ROWID;
  DELETE FROM chunk WHERE NOT EXISTS
    (SELECT 1 FROM generation WHERE generation.store = chunk.store AND generation.number = chunk.number);
`

const tables = ['generation', 'chunk', 'record'] as const

/** SQLite does not notice when a bit of a value has flipped, and not when a row has gone. */
export class Checksum {
  readonly #hash: Hash

  /** @param where what it stands for, so that what got elsewhere is noticed too. */
  constructor(...where: readonly (string | number)[]) {
    this.#hash = createHash('sha256').update(`${where.join(' ')}\n`)
  }

  add(content: Uint8Array): void {
    this.#hash.update(content)
  }

  end(): string {
    return this.#hash.digest('base64url').slice(0, 22)
  }
}

export function checksumOf(contents: readonly Uint8Array[], ...where: readonly (string | number)[]): string {
  const checksum = new Checksum(...where)
  for (const content of contents) checksum.add(content)
  return checksum.end()
}

type Row = Readonly<Record<string, unknown>>

export interface LoadedGeneration extends StoredGeneration {
  readonly snapshotBytes: number
  readonly journalBytes: number
}

export function loadGenerations(database: DatabaseSync, store: string): LoadedGeneration[] {
  const numbers = database
    .prepare('SELECT number FROM generation WHERE store = ? UNION SELECT number FROM record WHERE store = ? ORDER BY 1')
    .all(store, store)
  return numbers.map(({ number }) => loadGeneration(database, store, Number(number)))
}

function loadGeneration(database: DatabaseSync, store: string, number: number): LoadedGeneration {
  const where = [store, number] as const
  const row = database.prepare('SELECT * FROM generation WHERE store = ? AND number = ?').get(...where)
  const chunks = database
    .prepare('SELECT content FROM chunk WHERE store = ? AND number = ? ORDER BY position')
    .all(...where)
    .map(contentOf)
  const intact = chunks.length === row?.['chunks'] && checksumOf(chunks, store, number) === row['checksum']
  const records: string[] = []
  const stranded: string[] = []
  let damaged = false
  let journalBytes = 0
  const rows = database.prepare('SELECT * FROM record WHERE store = ? AND number = ? ORDER BY position').all(...where)
  for (const record of rows) {
    const content = contentOf(record)
    const position = Number(record['position'])
    journalBytes += content.length
    const good = checksumOf([content], store, number, position) === record['checksum']
    if (!good || (!damaged && position !== records.length)) damaged = true
    if (good) (damaged ? stranded : records).push(content.toString())
  }
  return {
    number,
    snapshot: intact ? Buffer.concat(chunks).toString() : undefined,
    records,
    stranded: damaged ? stranded : undefined,
    snapshotBytes: Number(row?.['bytes'] ?? 0),
    journalBytes,
  }
}

function contentOf(row: Row): Buffer {
  const { content } = row
  return content instanceof Uint8Array
    ? Buffer.from(content.buffer, content.byteOffset, content.byteLength)
    : Buffer.alloc(0)
}

/** Copies all rows of a damaged database that can still be read, from both ends. */
export function salvage(from: DatabaseSync, into: DatabaseSync): void {
  for (const table of tables) {
    for (const direction of ['', ' ORDER BY store DESC, number DESC']) {
      try {
        for (const row of from.prepare(`SELECT * FROM ${table}${direction}`).iterate()) {
          const names = Object.keys(row)
          const values = Object.values(row) as (string | number | Uint8Array | null)[]
          into
            .prepare(`INSERT OR IGNORE INTO ${table} (${names.join()}) VALUES (${names.map(() => '?').join()})`)
            .run(...values)
        }
      } catch {
        // The rest is behind the damage.
      }
    }
  }
}
