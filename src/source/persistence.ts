/**
 * One more cursor on the log: what its storage does not have yet is compacted and appended to a journal, at a pace, one
 * write at a time. A storage that fails stops nothing: what it does not have goes on being kept in the log, or the
 * whole state is folded.
 */
import type { Clock } from '../clock.ts'
import { pathKey } from '../document/path.ts'
import type { Op, Path, Readable } from '../document/types.ts'
import type { SyncError, SyncErrorCode } from '../error.ts'
import type { OpenStorage } from '../storage/storage.ts'
import { observable } from './observable.ts'
import { paced } from './slices.ts'
import { recordText, snapshotText } from './stored.ts'

/** How saving goes; plain data, so that it can itself be put into a store and shown. */
export interface Saving {
  /** `saving`: there are changes that are not stored yet. `failed`: and they could not be; it is tried again. */
  readonly state: 'saved' | 'saving' | 'failed'
  readonly error: { readonly code: SyncErrorCode; readonly message: string } | undefined
}

/** What is saved. */
export interface Persisted {
  readonly name: string
  readonly revision: number
  /** What brings a state from `revision` up to now, if that is known. */
  since(revision: number): readonly Op[] | undefined
  /** The immutable state, with bytes in it that nobody writes to. */
  copy(): unknown
  /** The texts that have an open writer. */
  streams(): readonly Path[]
}

export interface PersistenceOptions {
  readonly version: number
  /** Shortest time between two writes, in ms. */
  readonly saveInterval: number
  readonly clock: Clock
  /** The time of day, in ms since 1970. */
  readonly date: () => number
  /** Gets what goes wrong, once per cause. */
  readonly onError: (error: unknown) => void
  /** The revision in the storage of the state that the source starts with. */
  readonly base: number
  /** Whether that state is stored as it is; otherwise it is folded first. */
  readonly stored: boolean
  readonly streams: readonly Path[]
  /** Why nothing may be saved, if so. */
  readonly readOnly: SyncError | undefined
}

interface Waiter {
  readonly revision: number
  resolve(): void
  reject(error: SyncError): void
}

const longestRetry = 30_000

export class Persistence {
  readonly #source: Persisted
  readonly #storage: OpenStorage
  readonly #options: PersistenceOptions
  readonly #saving
  /** Up to where everything is stored; -1: not even what the source started with, so that no ops lead from there to now. */
  #saved: number
  #savedStreams: string
  /** Up to where what is being written leads; -1: nothing is. */
  #writing = -1
  #cancelTimer: (() => void) | undefined
  #running: Promise<void> | undefined
  #failures = 0
  #reported: string | undefined
  #waiters: Waiter[] = []

  constructor(source: Persisted, storage: OpenStorage, options: PersistenceOptions) {
    this.#source = source
    this.#storage = storage
    this.#options = options
    this.#saved = options.stored ? 0 : -1
    this.#savedStreams = options.stored ? keyOf(options.streams) : ''
    const { readOnly } = options
    this.#saving = observable<Saving>({ state: 'saved', error: undefined }, options.onError)
    if (readOnly !== undefined) this.#fail(readOnly, 0)
    else this.changed()
  }

  get saving(): Readable<Saving> {
    return this.#saving
  }

  /** The revisions from which it will ask for ops: as things are, and when what is being written is stored. */
  get revisionsInUse(): readonly number[] {
    return [this.#saved, this.#writing].filter((revision) => revision >= 0)
  }

  /** Takes note that there may be something new. */
  changed(): void {
    const { state } = this.#saving.get()
    const isUnderWay = this.#cancelTimer !== undefined || this.#running !== undefined
    // Then it will look for itself: to ask the source now would make it settle each piece of a stream.
    if (isUnderWay && state !== 'saved') return
    if (this.#options.readOnly !== undefined || this.#upToDate()) return
    if (state === 'saved') this.#saving.set({ state: 'saving', error: undefined })
    if (isUnderWay) return
    this.#wait(this.#options.saveInterval, true)
  }

  /** Resolves when all that is committed now is durable, and does not wait for the interval. */
  async saved(): Promise<void> {
    const { readOnly } = this.#options
    if (readOnly !== undefined && this.#source.revision > 0) throw readOnly
    if (readOnly !== undefined || this.#upToDate()) return
    await new Promise<void>((resolve, reject) => {
      this.#waiters.push({ revision: this.#source.revision, resolve, reject })
      this.#start()
    })
  }

  /** Saves, and lets go of the storage, saved or not. */
  async close(): Promise<void> {
    try {
      // A writer may have ended in the middle of a write, which knew it as one that is open.
      do await this.saved()
      while (this.#options.readOnly === undefined && !this.#upToDate())
    } finally {
      this.#stopTimer()
      await this.#running
      this.#stopTimer()
      await this.#storage.close()
    }
  }

  #upToDate(): boolean {
    return this.#source.revision === this.#saved && keyOf(this.#source.streams()) === this.#savedStreams
  }

  #start(): void {
    this.#stopTimer()
    this.#running ??= this.#run()
  }

  async #run(): Promise<void> {
    const attempted = (this.#writing = this.#source.revision)
    try {
      if (await this.#save(attempted)) this.#reported = undefined
      this.#failures = 0
      this.#saving.set({ state: this.#upToDate() ? 'saved' : 'saving', error: undefined })
    } catch (error) {
      this.#failures++
      this.#fail(error as SyncError, attempted)
    }
    this.#running = undefined
    this.#writing = -1
    if (this.#waiters.length > 0) this.#start()
    else if (this.#failures > 0) {
      // A process that has nothing else to do need not wait until the disk is repaired.
      this.#wait(Math.min(longestRetry, Math.max(100, this.#options.saveInterval) * 2 ** this.#failures), false)
    } else this.changed()
  }

  /** What to write is decided in one synchronous step. Returns whether all went well. */
  async #save(to: number): Promise<boolean> {
    const { clock, base, version } = this.#options
    const streams = this.#source.streams()
    const key = keyOf(streams)
    const due = this.#storage.foldDue
    const ops = due === 'now' ? undefined : this.#source.since(this.#saved)
    const state = due === 'no' && ops !== undefined ? undefined : this.#source.copy()
    // The journal is completed before it is folded: should the new snapshot come to harm, nothing is missing.
    if (ops !== undefined) {
      const meta = { at: this.#date(), streams: key === this.#savedStreams ? undefined : streams }
      if (to !== this.#saved || meta.streams !== undefined)
        await this.#storage.append(paced(recordText(meta, base + this.#saved, base + to, ops), clock))
      this.#stored(to, key)
    }
    if (state === undefined) return true
    const meta = { version, at: this.#date(), streams }
    try {
      await this.#storage.fold(paced(snapshotText(this.#source.name, meta, base + to, state), clock))
    } catch (error) {
      if (ops === undefined) throw error
      // Everything is in the journal: that it grows longer than it should is no reason to alarm the user.
      this.#report(error as SyncError)
      return false
    }
    this.#stored(to, key)
    return true
  }

  /** As it is stored: what cannot be read again would cost the whole state. */
  #date(): number {
    const date = Math.round(this.#options.date())
    return Number.isSafeInteger(date) && date > 0 ? date : 0
  }

  #stored(revision: number, streams: string): void {
    this.#saved = revision
    this.#savedStreams = streams
    const waiters = this.#waiters
    this.#waiters = waiters.filter((waiter) => waiter.revision > revision)
    for (const waiter of waiters) if (waiter.revision <= revision) waiter.resolve()
  }

  #fail(error: SyncError, attempted: number): void {
    this.#report(error)
    this.#saving.set({ state: 'failed', error: { code: error.code, message: error.message } })
    const waiters = this.#waiters
    this.#waiters = waiters.filter(({ revision }) => revision > attempted)
    for (const waiter of waiters) if (waiter.revision <= attempted) waiter.reject(error)
  }

  #report(error: SyncError): void {
    const { code } = (error.cause ?? {}) as { code?: unknown }
    const key = `${error.code} ${typeof code === 'string' ? code : error.message}`
    if (key === this.#reported) return
    this.#reported = key
    this.#options.onError(error)
  }

  #wait(delay: number, needed: boolean): void {
    this.#cancelTimer = this.#options.clock.schedule(
      () => {
        this.#cancelTimer = undefined
        this.#start()
      },
      delay,
      needed,
    )
  }

  #stopTimer(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }
}

function keyOf(streams: readonly Path[]): string {
  return streams.map(pathKey).join('|')
}
