/** What is in the folder of a store, and which generation of it is good. Nothing is changed here. */
import { join } from 'node:path'
import { Buffer } from 'node:buffer'
import type { FileSystem } from './file-system.ts'
import { parseJournal, parseSnapshot, type Identity, type ParsedJournal } from './format.ts'
import { maxBytes, type Damage, type StoredReader } from './storage.ts'

export const generationFile: RegExp = /^(\d{1,15})\.(snapshot|journal)$/
const unfinishedFile = /^\d{1,15}\.snapshot\.tmp$/

/** A generation that can be gone on with. */
export interface Generation extends Identity {
  readonly snapshotBytes: number
  /** Its journal, if it has one: how long it is, how many records that is, and whether something unfinished follows. */
  readonly journal: { readonly length: number; readonly count: number; readonly unfinished: boolean } | undefined
}

export interface Found {
  /** What the reader has taken; `undefined` if there was nothing for it. */
  readonly current: Generation | undefined
  /** Whether nothing newer than that is there, intact or not, so that it can be appended to. */
  readonly newest: boolean
  readonly readOnly: boolean
  /** The highest number in use. */
  readonly highest: number
  readonly damage: readonly Damage[]
  /** Names of files that nobody needs. */
  readonly useless: readonly string[]
}

export async function findGeneration(folder: string, fileSystem: FileSystem, read: StoredReader): Promise<Found> {
  const names = await fileSystem.list(folder)
  const search = new Search(folder, fileSystem, names)
  return await search.run(read)
}

interface Journal {
  readonly name: string
  readonly number: number
  readonly parsed: ParsedJournal
}

class Search {
  readonly #folder: string
  readonly #fileSystem: FileSystem
  readonly #numbers: { readonly snapshot: Set<number>; readonly journal: Set<number> } = {
    snapshot: new Set(),
    journal: new Set(),
  }
  readonly #damage: Damage[] = []
  readonly #useless: string[]

  constructor(folder: string, fileSystem: FileSystem, names: readonly string[]) {
    this.#folder = folder
    this.#fileSystem = fileSystem
    this.#useless = names.filter((name) => unfinishedFile.test(name))
    for (const name of names) {
      const match = generationFile.exec(name)
      if (match !== null) this.#numbers[match[2] as 'snapshot' | 'journal'].add(Number(match[1]))
    }
  }

  async run(read: StoredReader): Promise<Found> {
    const highest = Math.max(0, ...this.#numbers.snapshot, ...this.#numbers.journal)
    for (const number of [...this.#numbers.snapshot].sort((a, b) => b - a)) {
      const name = `${number}.snapshot`
      const bytes = await this.#read(name)
      const parsed = bytes === undefined ? undefined : parseSnapshot(bytes)
      if (bytes === undefined || parsed?.number !== number) {
        this.#found('snapshot', name)
        continue
      }
      const journals = await this.#journalsFrom(parsed)
      const records = journals.flatMap((journal) => journal.parsed.records)
      const verdict = read({ snapshot: parsed.text, records })
      if (verdict === 'damaged') {
        this.#found('snapshot', name)
        continue
      }
      const taken = verdict === 'read-only' ? records.length : verdict
      this.#judge(journals, taken)
      this.#outdated(number)
      await this.#orphans(number, journals)
      const own = journals[0]?.number === number ? journals[0].parsed : undefined
      return {
        current: {
          number,
          id: parsed.id,
          previous: parsed.previous,
          snapshotBytes: bytes.length,
          journal: own && { length: own.length, count: own.records.length, unfinished: own.rest === 'unfinished' },
        },
        newest: number === highest && !this.#damage.some(({ kind }) => kind !== 'unfinished'),
        readOnly: verdict === 'read-only',
        highest,
        damage: this.#damage,
        useless: this.#useless,
      }
    }
    await this.#orphans(0, [])
    const { current, newest, readOnly } = { current: undefined, newest: true, readOnly: false }
    return { current, newest, readOnly, highest, damage: this.#damage, useless: this.#useless }
  }

  /** The journals that continue a snapshot: its own, and those of later generations whose snapshots are lost. */
  async #journalsFrom(from: Identity): Promise<Journal[]> {
    const journals: Journal[] = []
    const { number } = from
    let expected = from
    for (const next of [...this.#numbers.journal].sort((a, b) => a - b).filter((other) => other >= number)) {
      const name = `${next}.journal`
      const bytes = await this.#read(name)
      const parsed = bytes === undefined ? undefined : parseJournal(bytes)
      if (parsed === 'unfinished') {
        if (!this.#useless.includes(name)) this.#useless.push(name)
        continue
      }
      if (parsed?.number !== next) break
      const belongs = next === number ? parsed.id === expected.id : parsed.previous === expected.id
      if (!belongs) break
      journals.push({ name, number: next, parsed })
      if (parsed.rest === 'damaged') break
      expected = parsed
    }
    return journals
  }

  /** Notes what is wrong with the journals of which the reader has taken so many records. */
  #judge(journals: readonly Journal[], taken: number): void {
    let before = 0
    for (const { name, parsed } of journals) {
      const untaken = parsed.records.slice(Math.max(0, taken - before))
      before += parsed.records.length
      if (untaken.length > 0 || parsed.rest === 'damaged')
        this.#found('journal', name, [...untaken, ...parsed.stranded])
      else if (parsed.rest === 'unfinished')
        this.#damage.push({
          kind: 'unfinished',
          location: join(this.#folder, name),
          quarantine: undefined,
          stranded: [],
        })
    }
  }

  /** Notes what is older than the generation before the one of that number. */
  #outdated(number: number): void {
    const oldest = Math.max(...[...this.#numbers.snapshot].filter((other) => other < number), 0) || number
    for (const kind of ['snapshot', 'journal'] as const)
      for (const other of this.#numbers[kind]) if (other < oldest) this.#useless.push(`${other}.${kind}`)
  }

  /** Journals that continue nothing. */
  async #orphans(from: number, journals: readonly Journal[]): Promise<void> {
    for (const number of this.#numbers.journal) {
      const name = `${number}.journal`
      const known = journals.some((journal) => journal.number === number) || this.#useless.includes(name)
      if (known || number < from) continue
      const bytes = await this.#read(name)
      const parsed = bytes === undefined ? undefined : parseJournal(bytes)
      if (parsed === 'unfinished') this.#useless.push(name)
      else this.#found('journal', name, parsed === undefined ? [] : [...parsed.records, ...parsed.stranded])
    }
  }

  #found(kind: 'snapshot' | 'journal', name: string, stranded: readonly string[] = []): void {
    const location = join(this.#folder, name)
    this.#damage.push({ kind, location, quarantine: join(this.#folder, `damaged-${Date.now()}-${name}`), stranded })
  }

  /** @returns `undefined` for what is no file, or longer than any that was written. */
  async #read(name: string): Promise<Buffer | undefined> {
    const path = join(this.#folder, name)
    if ((await this.#fileSystem.kind(path)) !== 'file') return undefined
    const file = await this.#fileSystem.open(path, 'read')
    try {
      const length = await file.length()
      if (length > 2 * maxBytes) return undefined
      const bytes = Buffer.alloc(length)
      let at = 0
      while (at < length) {
        const count = await file.read(bytes.subarray(at), at)
        if (count === 0) break
        at += count
      }
      return bytes.subarray(0, at)
    } finally {
      await file.close()
    }
  }
}
