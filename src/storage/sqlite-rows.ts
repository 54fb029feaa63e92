/** The tables: which rows there are, which of them are what was written. */
import { createHash, type Hash } from 'node:crypto'
import { Buffer } from 'node:buffer'
import type { DatabaseSync } from 'node:sqlite'
import type { StoredGeneration } from './choose.ts'

/**
 * A generation is there when its row is. SQLite keeps these texts letter by letter, and they are compared so: whoever changes
 * one, be it a space, has to know the old one too.
 */
const tables = {
  generation: `CREATE TABLE generation (store TEXT, number INTEGER, chunks INTEGER, bytes INTEGER, checksum TEXT,
    PRIMARY KEY (store, number)) WITHOUT ROWID`,
  chunk: `CREATE TABLE chunk (store TEXT, number INTEGER, position INTEGER, content BLOB,
    PRIMARY KEY (store, number, position)) WITHOUT ROWID`,
  record: `CREATE TABLE record (store TEXT, number INTEGER, position INTEGER, content BLOB, checksum TEXT,
    PRIMARY KEY (store, number, position)) WITHOUT ROWID`,
} as const

/**
 * Makes the tables in a new database, all or none, and sweeps out the chunks of a fold that did not come to its end. Returns
 * whether the tables are what they were made as: SQLite does not mind when a letter in the name of one has changed.
 *
 * @throws Error if tables of those names are there and none of them is ours.
 */
export function prepareTables(database: DatabaseSync): boolean {
  database.exec('BEGIN EXCLUSIVE')
  const found = database.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").all()
  const definitions: readonly string[] = Object.values(tables)
  if (found.some(({ name }) => Object.hasOwn(tables, String(name)))) {
    const intact = definitions.filter((definition) => found.some(({ sql }) => sql === definition))
    if (intact.length === 0) throw new Error('It is the database of something else: give the storage a file of its own')
    if (intact.length < definitions.length) return false
  } else for (const definition of definitions) database.exec(definition)
  database.exec(`DELETE FROM chunk WHERE NOT EXISTS
    (SELECT 1 FROM generation WHERE generation.store = chunk.store AND generation.number = chunk.number)`)
  database.exec('COMMIT')
  return true
}

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
  for (const table of Object.keys(tables)) {
    for (const direction of ['', ' ORDER BY store DESC, number DESC']) {
      try {
        for (const row of from.prepare(`SELECT * FROM ${table}${direction}`).iterate()) {
          // Not by name: a damaged name of a column is no reason to lose what is in it.
          const values = Object.values(row) as (string | number | Uint8Array | null)[]
          into.prepare(`INSERT OR IGNORE INTO ${table} VALUES (${values.map(() => '?').join()})`).run(...values)
        }
      } catch {
        // The rest is behind the damage.
      }
    }
  }
}
