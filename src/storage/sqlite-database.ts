import { accessSync, constants, renameSync, rmSync } from 'node:fs'
import { Buffer } from 'node:buffer'
import type { DatabaseSync } from 'node:sqlite'
import type { Keep, LoadedGenerations, Opened, SqliteRequest } from './sqlite-messages.ts'
import { Checksum, checksumOf, loadGenerations, prepareTables, salvage } from './sqlite-rows.ts'
import { checkSize } from './storage.ts'

/** As much of a snapshot makes one row, in bytes. */
const chunkSize = 1024 * 1024

/** What a store is about to write. */
interface Pending {
  number: number
  pieces: Buffer[]
  length: number
  chunks: number
  checksum: Checksum
}

/** The database, in the thread that may block. */
export class SqliteDatabase {
  readonly #open: (file: string) => DatabaseSync
  readonly #pending = new Map<string, Pending>()
  /** Of each store, the newest generation and how many records it has. */
  readonly #ends = new Map<string, { number: number; records: number }>()
  #database: DatabaseSync | undefined

  constructor(open: (file: string) => DatabaseSync) {
    this.#open = open
  }

  handle(request: SqliteRequest): unknown {
    switch (request.do) {
      case 'open':
        return this.#connect(request.file)
      case 'load':
        return this.#load(request.store)
      case 'piece':
        return this.#piece(request.store, request.what, request.text)
      case 'append':
        return this.#append(request.store)
      case 'fold':
        return this.#fold(request.store, request.keep)
      case 'abort':
        return this.#abort(request.store)
      case 'close':
        this.#database?.close()
        this.#database = undefined
        return undefined
    }
  }

  get #connected(): DatabaseSync {
    if (this.#database === undefined) throw new Error('The database is closed')
    return this.#database
  }

  #connect(file: string): Opened {
    try {
      this.#database = this.#prepared(file)
      return { quarantine: undefined }
    } catch (error) {
      if (!isDamage(error, file)) throw error
    }
    return { quarantine: this.#replace(file) }
  }

  #prepared(file: string): DatabaseSync {
    const database = this.#open(file)
    try {
      database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF')
      const areThere = prepareTables(database)
      // The quick one lets rows pass that are out of order, after which some queries find them and some do not.
      const [found] = database.prepare('PRAGMA integrity_check(1)').all()
      if (!areThere || found?.['integrity_check'] !== 'ok')
        throw Object.assign(new Error('It is damaged'), { errcode: damageCodes[0] })
      database.exec('PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 4194304')
      return database
    } catch (error) {
      database.close()
      throw error
    }
  }

  /** Sets a damaged database aside; what can be read of it goes into a new one. Returns where it is. */
  #replace(file: string): string {
    const aside = `${file}.damaged-${Date.now()}`
    const fresh = `${file}.new`
    for (const end of ['', '-wal', '-shm']) rmSync(fresh + end, { force: true })
    const database = this.#prepared(fresh)
    try {
      const damaged = this.#open(file)
      try {
        salvage(damaged, database)
      } finally {
        damaged.close()
      }
    } catch {
      // Nothing could be read of it.
    }
    database.close()
    for (const end of ['-wal', '-shm', '']) {
      try {
        renameSync(file + end, aside + end)
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'ENOENT') throw error
      }
    }
    renameSync(fresh, file)
    this.#database = this.#prepared(file)
    return aside
  }

  #load(store: string): LoadedGenerations {
    const generations = loadGenerations(this.#connected, store)
    const newest = generations[generations.length - 1]
    const { number = 0, snapshotBytes = 0, journalBytes = 0 } = newest ?? {}
    this.#ends.set(store, { number, records: newest?.records.length ?? 0 })
    return { generations, snapshotBytes, journalBytes }
  }

  #piece(store: string, what: 'append' | 'fold', text: string): void {
    let pending = this.#pending.get(store)
    if (pending === undefined) {
      const number = (this.#ends.get(store)?.number ?? 0) + 1
      pending = { number, pieces: [], length: 0, chunks: 0, checksum: new Checksum(store, number) }
      this.#pending.set(store, pending)
    }
    const bytes = Buffer.from(text)
    pending.pieces.push(bytes)
    pending.length += bytes.length
    checkSize(pending.length, store)
    if (what === 'fold' && pending.pieces.reduce((sum, piece) => sum + piece.length, 0) >= chunkSize)
      this.#writeChunk(store, pending)
  }

  /** In transactions of their own, so that other stores need not wait for a whole snapshot. */
  #writeChunk(store: string, pending: Pending): void {
    const content = Buffer.concat(pending.pieces)
    this.#connected
      .prepare('INSERT OR REPLACE INTO chunk VALUES (?, ?, ?, ?)')
      .run(store, pending.number, pending.chunks, content)
    pending.chunks++
    pending.checksum.add(content)
    pending.pieces = []
  }

  #append(store: string): number {
    const end = this.#ends.get(store) ?? { number: 0, records: 0 }
    const content = Buffer.concat(this.#pending.get(store)?.pieces ?? [])
    this.#pending.delete(store)
    this.#connected
      .prepare('INSERT INTO record VALUES (?, ?, ?, ?, ?)')
      .run(store, end.number, end.records, content, checksumOf([content], store, end.number, end.records))
    end.records++
    return content.length
  }

  #fold(store: string, { current, damaged, as }: Keep): number {
    this.#piece(store, 'fold', '')
    const pending = this.#pending.get(store) as Pending
    this.#writeChunk(store, pending)
    const { number, chunks, length, checksum } = pending
    this.#pending.delete(store)
    const database = this.#connected
    database.exec('BEGIN IMMEDIATE')
    try {
      database
        .prepare('INSERT INTO generation VALUES (?, ?, ?, ?, ?)')
        .run(store, number, chunks, length, checksum.end())
      for (const { number: which, kind } of damaged) {
        for (const table of kind === 'journal' ? ['record'] : ['generation', 'chunk'])
          database
            .prepare(`UPDATE OR REPLACE ${table} SET store = ? WHERE store = ? AND number = ?`)
            .run(as, store, which)
      }
      for (const table of ['generation', 'chunk', 'record'])
        database.prepare(`DELETE FROM ${table} WHERE store = ? AND number < ?`).run(store, current ?? number)
      database.exec('COMMIT')
    } catch (error) {
      rollBack(database)
      throw error
    }
    this.#ends.set(store, { number, records: 0 })
    return length
  }

  #abort(store: string): void {
    const pending = this.#pending.get(store)
    this.#pending.delete(store)
    if (pending !== undefined && pending.chunks > 0)
      this.#connected.prepare('DELETE FROM chunk WHERE store = ? AND number = ?').run(store, pending.number)
  }
}

/** What failed may have rolled back already. */
function rollBack(database: DatabaseSync): void {
  try {
    database.exec('ROLLBACK')
  } catch {
    // It has.
  }
}

/** `SQLITE_CORRUPT`, `SQLITE_NOTADB`. */
const damageCodes: readonly number[] = [11, 26]
/** `SQLITE_ERROR`, and no more than that: what is asked of a database here is no error in one that SQLite can read. */
const unreadable = 1

/** A file that may be written to and yet is read-only has a damaged header: it says that newer software wrote it. */
function isDamage(error: unknown, file: string): boolean {
  const { errcode = 0 } = error as { readonly errcode?: number }
  const code = errcode & 255
  return damageCodes.includes(code) || errcode === unreadable || (code === readOnly && isWritable(file))
}

const readOnly = 8

function isWritable(file: string): boolean {
  try {
    accessSync(file, constants.W_OK)
    return true
  } catch {
    return false
  }
}
