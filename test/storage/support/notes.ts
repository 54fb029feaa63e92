/** The store that the tests of saving use, and a storage that fails on demand. */
import type { NoCommands } from '../../../src/definition.ts'
import { defineStore, type StoreDefinition, type SyncError } from '../../../src/index.ts'
import { openSource, type OpenedSource, type OpenOptions } from '../../../src/source/index.ts'
import { memoryStorage } from '../../../src/storage/index.ts'
import type { OpenStorage, Pieces, Storage } from '../../../src/storage/storage.ts'
import { fakeClock, type FakeClock } from '../../../src/testing/clock.ts'

export interface Notes {
  count: number
  texts: Map<string, string>
}

const notesStore: StoreDefinition<Notes, NoCommands> = defineStore('notes', {
  state: (): Notes => ({ count: 0, texts: new Map([['a', '']]) }),
})

/** What was written, how long each took to be told of, and what the next ones meet. */
export interface Probe {
  readonly storage: Storage
  readonly writes: { readonly kind: 'append' | 'fold'; readonly text: string; readonly at: number }[]
  /** If set, writes fail with it. */
  error: SyncError | undefined
  /** Which writes fail; by default both. */
  fails: (kind: 'append' | 'fold') => boolean
  /** If set, writes wait for it. */
  gate: Promise<void> | undefined
  foldDue: OpenStorage['foldDue'] | undefined
  atOnce: number
}

export function probe(clock: FakeClock, base: Storage = memoryStorage()): Probe {
  let writing = 0
  const state: Omit<Probe, 'storage'> = {
    writes: [],
    error: undefined,
    fails: () => true,
    gate: undefined,
    foldDue: undefined,
    atOnce: 0,
  }
  const write = async (
    kind: 'append' | 'fold',
    pieces: Pieces,
    pass: (pieces: Pieces) => Promise<void>,
  ): Promise<void> => {
    state.atOnce = Math.max(state.atOnce, ++writing)
    const at = clock.now()
    try {
      let text = ''
      for await (const piece of pieces) text += piece
      await state.gate
      if (state.error !== undefined && state.fails(kind)) throw state.error
      await pass([text])
      state.writes.push({ kind, text, at })
    } finally {
      writing--
    }
  }
  return Object.assign(state, {
    storage: {
      async open(store: string, read: Parameters<Storage['open']>[1]) {
        const opened = await base.open(store, read)
        return {
          location: opened.location,
          damage: opened.damage,
          get foldDue() {
            return opened.foldDue === 'now' ? 'now' : (state.foldDue ?? opened.foldDue)
          },
          append: (pieces: Pieces) => write('append', pieces, (all) => opened.append(all)),
          fold: (pieces: Pieces) => write('fold', pieces, (all) => opened.fold(all)),
          close: () => opened.close(),
        }
      },
    },
  })
}

export interface OpenNotes {
  readonly source: OpenedSource<Notes>
  readonly clock: FakeClock
  readonly errors: SyncError[]
}

/** Opens the notes, and waits until what they start with is stored. */
export async function openNotes(
  storage: Storage,
  clock: FakeClock = fakeClock(),
  options: Partial<OpenOptions<Notes, NoCommands>> = {},
): Promise<OpenNotes> {
  const errors: SyncError[] = []
  const onError = (error: unknown): void => void errors.push(error as SyncError)
  const date = (): number => 1_000_000 + clock.now()
  const source = await openSource(notesStore, { storage, clock, date, onError, ...options })
  return { source, clock, errors }
}

export function count(source: OpenedSource<Notes>): void {
  source.update((draft) => {
    draft.count++
  })
}

/** Lets a number of macrotasks of promises run. */
export async function settle(clock: FakeClock): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await clock.advance(0)
}
