import { join } from 'node:path'
import { Buffer } from 'node:buffer'
import type { Clock } from '../clock.ts'
import { SyncError } from '../error.ts'
import { codeOf, storageFailed } from './failure.ts'
import type { FileSystem } from './file-system.ts'
import { SnapshotFormat, newIdentity } from './format.ts'
import { generationFile, type Found, type Generation } from './generations.ts'
import { JournalFile } from './journal-file.ts'
import { writeSnapshot } from './snapshot-file.ts'
import { checkSize, isFoldDue, type Damage, type OpenStorage, type Pieces } from './storage.ts'

/** The folder of one store, which this process has locked. */
export class FileStore implements OpenStorage {
  readonly location: string
  readonly damage: readonly Damage[]
  readonly #fileSystem: FileSystem
  readonly #clock: Clock
  readonly #release: () => Promise<void>
  #generation: Generation | undefined
  #journal: JournalFile | undefined
  /** The highest number in use. */
  #highest: number
  /** After a fold that failed, the length of the journal at which it is tried again. */
  #foldAgainAt = 0
  /** What is damaged, to be set aside as soon as all that was loaded from it is stored elsewhere. */
  #toQuarantine: readonly Damage[]
  #busy: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(location: string, fileSystem: FileSystem, clock: Clock, found: Found, release: () => Promise<void>) {
    this.location = location
    this.damage = found.damage
    this.#fileSystem = fileSystem
    this.#clock = clock
    this.#release = release
    this.#generation = found.current
    this.#highest = found.highest
    this.#toQuarantine = found.damage
    if (found.current !== undefined) {
      this.#journal = new JournalFile(location, fileSystem, found.current)
      this.#journal.usable = found.newest && !found.readOnly
    }
  }

  get foldDue(): 'no' | 'soon' | 'now' {
    if (this.#journal?.usable !== true) return 'now'
    const { length } = this.#journal
    return length >= this.#foldAgainAt && isFoldDue(length, this.#generation?.snapshotBytes ?? 0) ? 'soon' : 'no'
  }

  /** Removes files that nobody needs, and what follows the last record of the journal. */
  async tidy(useless: readonly string[]): Promise<void> {
    const { number, journal } = this.#generation ?? {}
    for (const name of useless) {
      const removed = await this.#remove(name)
      if (!removed && name === `${number}.journal` && this.#journal !== undefined) this.#journal.usable = false
    }
    if (journal?.unfinished === true && this.#journal?.usable === true) await this.#journal.cut()
  }

  async append(record: Pieces): Promise<void> {
    await this.#exclusively(async () => {
      const payload: Buffer[] = []
      let length = 0
      for await (const piece of record) {
        const bytes = Buffer.from(piece)
        payload.push(bytes)
        checkSize((length += bytes.length), this.location)
      }
      if (this.#journal?.usable !== true)
        throw new SyncError('storage-failed', `${this.location} has to be folded before anything can be appended`)
      await this.#journal.append(payload)
    })
  }

  async fold(snapshot: Pieces): Promise<void> {
    await this.#exclusively(() => this.#fold(snapshot))
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#busy
    await this.#journal?.close()
    // A lock that stays is recognized as one of a process that has ended.
    await this.#release().catch(() => undefined)
  }

  async #exclusively(run: () => Promise<void>): Promise<void> {
    if (this.#closed) throw new SyncError('closed', `${this.location} was closed`)
    const result = run()
    this.#busy = result.catch(() => undefined)
    try {
      await result
    } catch (error) {
      throw storageFailed('written', this.location, error)
    }
  }

  async #fold(snapshot: Pieces): Promise<void> {
    const number = this.#highest + 1
    const identity = newIdentity(number, this.#generation?.id)
    const format = new SnapshotFormat(identity)
    const name = `${number}.snapshot`
    const written = await writeSnapshot(this.location, name, format, snapshot, this.#fileSystem, this.#clock)
    if (written.error !== undefined) {
      this.#foldAgainAt = 2 * (this.#journal?.length ?? 0)
      if (written.there) {
        // It would be taken for the newest, so what is appended to the journal before it might not be found.
        this.#highest = number
        if (this.#journal !== undefined) this.#journal.usable = false
      }
      throw written.error
    }
    const before = this.#generation
    await this.#journal?.close()
    this.#highest = number
    this.#generation = { ...identity, snapshotBytes: written.bytes, journal: undefined }
    this.#journal = new JournalFile(this.location, this.#fileSystem, this.#generation)
    this.#foldAgainAt = 0
    await this.#setAside()
    await this.#removeBefore(before?.number ?? number)
  }

  async #setAside(): Promise<void> {
    for (const { location, quarantine } of this.#toQuarantine)
      if (quarantine !== undefined) await this.#fileSystem.rename(location, quarantine).catch(() => undefined)
    this.#toQuarantine = []
  }

  async #removeBefore(number: number): Promise<void> {
    for (const name of await this.#fileSystem.list(this.location).catch(() => [])) {
      const match = generationFile.exec(name)
      if (match !== null && Number(match[1]) < number) await this.#remove(name)
    }
  }

  /** @returns whether it is gone. */
  async #remove(name: string): Promise<boolean> {
    try {
      await this.#fileSystem.remove(join(this.location, name))
      return true
    } catch (error) {
      return codeOf(error) === 'ENOENT'
    }
  }
}
