import { SyncError } from '../error.ts'
import type { Choice } from './choose.ts'
import { storageFailed } from './failure.ts'
import type { Keep, LoadedGenerations } from './sqlite-messages.ts'
import type { SqliteThread } from './sqlite-thread.ts'
import { isFoldDue, type Damage, type OpenStorage, type Pieces } from './storage.ts'

/** As many characters go to the other thread at once, about. */
const messageLength = 128 * 1024

/** One store in a database. */
export class SqliteStore implements OpenStorage {
  readonly location: string
  readonly damage: readonly Damage[]
  readonly #store: string
  readonly #thread: SqliteThread
  readonly #release: () => Promise<void>
  #keep: Keep
  #appendable: boolean
  #snapshotBytes: number
  #journalBytes: number
  #number: number
  #foldAgainAt = 0
  #busy: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(
    file: string,
    store: string,
    thread: SqliteThread,
    { current, appendable, damage, damaged }: Choice,
    { generations, snapshotBytes, journalBytes }: LoadedGenerations,
    quarantine: string,
    release: () => Promise<void>,
  ) {
    this.location = file
    this.damage = damage
    this.#store = store
    this.#thread = thread
    this.#release = release
    this.#appendable = appendable
    this.#snapshotBytes = snapshotBytes
    this.#journalBytes = journalBytes
    this.#number = generations[generations.length - 1]?.number ?? 0
    this.#keep = { current, damaged, as: quarantine }
  }

  get foldDue(): 'no' | 'soon' | 'now' {
    if (!this.#appendable) return 'now'
    const length = this.#journalBytes
    return length >= this.#foldAgainAt && isFoldDue(length, this.#snapshotBytes) ? 'soon' : 'no'
  }

  async append(record: Pieces): Promise<void> {
    await this.#write('append', record, async () => {
      if (!this.#appendable)
        throw new SyncError('storage-failed', `${this.location} has to be folded before anything can be appended`)
      this.#journalBytes += (await this.#thread.call({ do: 'append', store: this.#store })) as number
    })
  }

  async fold(snapshot: Pieces): Promise<void> {
    this.#foldAgainAt = 2 * this.#journalBytes
    await this.#write('fold', snapshot, async () => {
      const bytes = await this.#thread.call({ do: 'fold', store: this.#store, keep: this.#keep })
      this.#snapshotBytes = bytes as number
      this.#journalBytes = 0
      this.#foldAgainAt = 0
      this.#number++
      this.#appendable = true
      this.#keep = { ...this.#keep, current: this.#number, damaged: [] }
    })
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#busy
    await this.#release()
  }

  async #write(what: 'append' | 'fold', pieces: Pieces, finish: () => Promise<void>): Promise<void> {
    if (this.#closed) throw new SyncError('closed', `${this.location} was closed`)
    const result = this.#send(what, pieces).then(finish)
    this.#busy = result.catch(() => undefined)
    try {
      await result
    } catch (error) {
      await this.#thread.call({ do: 'abort', store: this.#store }).catch(() => undefined)
      throw storageFailed('written', this.location, error)
    }
  }

  async #send(what: 'append' | 'fold', pieces: Pieces): Promise<void> {
    let text = ''
    const flush = async (): Promise<void> => {
      await this.#thread.call({ do: 'piece', store: this.#store, what, text })
      text = ''
    }
    for await (const piece of pieces) {
      text += piece
      if (text.length >= messageLength) await flush()
    }
    if (text !== '') await flush()
  }
}
