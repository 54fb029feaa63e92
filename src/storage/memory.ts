import { SyncError } from '../error.ts'
import { choose, type Choice, type StoredGeneration } from './choose.ts'
import { fileNameOf } from './names.ts'
import { isFoldDue, type Damage, type OpenStorage, type Pieces, type Storage } from './storage.ts'

/** A storage that lasts as long as it is referred to: for tests, and for sources that come and go in one process. */
export function memoryStorage(): Storage {
  const stores = new Map<string, MemoryStore>()
  return {
    async open(store, read) {
      const name = fileNameOf(store)
      const opened = stores.get(name)
      if (opened?.closed === false)
        throw new SyncError('storage-locked', `The store "${store}" is open in this process already`)
      const location = `memory: ${store}`
      const generations = opened?.generations ?? []
      const choice = choose(generations, read, () => ({ location, quarantine: undefined }))
      const next = new MemoryStore(location, generations, choice)
      stores.set(name, next)
      return next
    },
  }
}

class MemoryStore implements OpenStorage {
  readonly location: string
  readonly damage: readonly Damage[]
  generations: readonly StoredGeneration[]
  closed = false
  #current: number | undefined
  #appendable: boolean
  #busy: Promise<unknown> = Promise.resolve()

  constructor(location: string, generations: readonly StoredGeneration[], { current, appendable, damage }: Choice) {
    this.location = location
    this.generations = generations
    this.damage = damage
    this.#current = current
    this.#appendable = appendable
  }

  get foldDue(): 'no' | 'soon' | 'now' {
    const newest = this.#newest
    if (newest === undefined || !this.#appendable) return 'now'
    const length = newest.records.reduce((sum, record) => sum + record.length, 0)
    return isFoldDue(length, newest.snapshot?.length ?? 0) ? 'soon' : 'no'
  }

  async append(record: Pieces): Promise<void> {
    await this.#write(record, (text) => {
      const newest = this.#newest
      if (newest === undefined || !this.#appendable)
        throw new SyncError('storage-failed', `${this.location} has to be folded before anything can be appended`)
      this.generations = [...this.generations.slice(0, -1), { ...newest, records: [...newest.records, text] }]
    })
  }

  async fold(snapshot: Pieces): Promise<void> {
    await this.#write(snapshot, (text) => {
      const number = (this.#newest?.number ?? 0) + 1
      const before = this.generations.filter((generation) => generation.number === this.#current)
      this.generations = [...before, { number, snapshot: text, records: [], stranded: undefined }]
      this.#current = number
      this.#appendable = true
    })
  }

  async close(): Promise<void> {
    await this.#busy
    this.closed = true
  }

  get #newest(): StoredGeneration | undefined {
    return this.generations[this.generations.length - 1]
  }

  async #write(pieces: Pieces, keep: (text: string) => void): Promise<void> {
    if (this.closed) throw new SyncError('closed', `${this.location} was closed`)
    const written = joined(pieces).then(keep)
    this.#busy = written.catch(() => undefined)
    await written
  }
}

async function joined(pieces: Pieces): Promise<string> {
  let text = ''
  for await (const piece of pieces) text += piece
  return text
}
