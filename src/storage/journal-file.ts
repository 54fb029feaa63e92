import { join } from 'node:path'
import { Buffer } from 'node:buffer'
import { writeAll, type File, type FileSystem } from './file-system.ts'
import { journalHeader, journalRecord } from './format.ts'
import type { Generation } from './generations.ts'
import { checkSize } from './storage.ts'

/** The journal of one generation, which is made with its first record. */
export class JournalFile {
  readonly #path: string
  readonly #folder: string
  readonly #fileSystem: FileSystem
  readonly #generation: Generation
  #file: File | undefined
  #length: number
  #count: number
  /** Whether what is appended will be found again for certain. */
  usable = true

  constructor(folder: string, fileSystem: FileSystem, generation: Generation) {
    this.#folder = folder
    this.#path = join(folder, `${generation.number}.journal`)
    this.#fileSystem = fileSystem
    this.#generation = generation
    this.#length = generation.journal?.length ?? 0
    this.#count = generation.journal?.count ?? 0
  }

  /** In bytes. */
  get length(): number {
    return this.#length
  }

  async append(payload: readonly Buffer[]): Promise<void> {
    const record = journalRecord(this.#generation.id, this.#count, payload)
    checkSize(this.#length + record.length, this.#path)
    if (this.#length === 0) await this.#begin(record)
    else await this.#continue(record)
    this.#count++
  }

  /** Removes the beginning of a record behind the last one. */
  async cut(): Promise<void> {
    try {
      this.#file ??= await this.#fileSystem.open(this.#path, 'append')
      await this.#file.truncate(this.#length)
      await this.#file.sync()
    } catch {
      await this.#giveUp()
    }
  }

  async close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close().catch(() => undefined)
  }

  async #begin(record: Buffer): Promise<void> {
    const bytes = Buffer.concat([journalHeader(this.#generation), record])
    try {
      this.#file = await this.#fileSystem.open(this.#path, 'create')
      await writeAll(this.#file, bytes, 0)
      await this.#file.sync()
      await this.#fileSystem.syncFolder(this.#folder)
    } catch (error) {
      await this.close()
      try {
        if ((await this.#fileSystem.kind(this.#path)) !== 'nothing') await this.#fileSystem.remove(this.#path)
      } catch {
        this.usable = false
      }
      throw error
    }
    this.#length = bytes.length
  }

  async #continue(record: Buffer): Promise<void> {
    this.#file ??= await this.#fileSystem.open(this.#path, 'append')
    try {
      await writeAll(this.#file, record, this.#length)
    } catch (error) {
      await this.cut()
      throw error
    }
    try {
      await this.#file.sync()
    } catch (error) {
      // What a sync that failed has left on the disk nobody knows, and the next one would not tell.
      await this.#giveUp()
      throw error
    }
    this.#length += record.length
  }

  async #giveUp(): Promise<void> {
    this.usable = false
    await this.close()
  }
}
