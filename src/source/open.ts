import type { StoreDefinition } from '../definition.ts'
import { copyState } from '../document/document.ts'
import { deepCopy } from '../document/tree.ts'
import type { Path, Readable } from '../document/types.ts'
import { SyncError, safely } from '../error.ts'
import type { Damage, OpenStorage, Storage } from '../storage/storage.ts'
import { Persistence, type Saving } from './persistence.ts'
import { sourceClock } from './source-clock.ts'
import { StoreSource } from './source.ts'
import { describeRecord, restore, type Restored } from './stored.ts'
import type { Source, SourceOptions } from './types.ts'

export interface OpenOptions<State extends object, Commands> extends SourceOptions<State, Commands> {
  /** Where the state is kept. */
  readonly storage: Storage
  /** How long a change may wait until it is written, in ms; default 500. */
  readonly saveInterval?: number
  /** The time of day, in ms since 1970; by default the machine's. */
  readonly date?: () => number
}

/** A source that saves itself. */
export interface OpenedSource<State extends object, Commands = unknown> extends Source<State, Commands> {
  /** What was found. */
  readonly opened: Opened
  /** How saving goes. */
  readonly saving: Readable<Saving>
  /**
   * Resolves when everything committed so far is durable: it survives a crash of the process and of the machine.
   *
   * @throws SyncError `storage-failed` if it is not; the state goes on in memory, and saving it is tried again.
   * `newer-version` if what is stored may not be overwritten.
   */
  saved(): Promise<void>
  /** Ends all sessions, saves, and lets go of the storage; rejects as `saved()` does. */
  // oxlint-disable-next-line typescript/no-misused-promises -- who closes a source of unknown kind cannot wait; it saves all the same
  close(): Promise<void>
}

/** What a source was opened with. */
export interface Opened {
  /** When the state was stored, in ms since 1970; `undefined`: nothing was stored yet. */
  readonly savedAt: number | undefined
  /** The version that it had, if it was migrated. */
  readonly migratedFrom: number | undefined
  /** Texts that had an open writer when the process ended: their ends may be missing. */
  readonly interrupted: readonly Path[]
  /** What was damaged and what that cost, if something was. */
  readonly recovered: Recovered | undefined
}

export interface Recovered {
  readonly damage: readonly Damage[]
  /** How many commits are known to be lost; there may have been more. */
  readonly lostCommits: number
  /** The state is that of this moment, in ms since 1970; `undefined`: all that was stored is lost. */
  readonly lostSince: number | undefined
}

/**
 * Opens a store: its state is what the storage has, or, where that has none, the definition's. From then on it saves itself.
 *
 * @throws SyncError `storage-locked` if another process has it open; `storage-failed` if it cannot be read;
 * `migration-failed`; `setup` if the definition's version is no whole number; and what `createSource` throws.
 */
export async function openSource<State extends object, Commands>(
  definition: StoreDefinition<State, Commands>,
  options: OpenOptions<State, Commands> &
    ([keyof Commands] extends [never] ? unknown : Required<Pick<SourceOptions<State, Commands>, 'commands'>>),
): Promise<OpenedSource<State, Commands>> {
  const { name, version = 1 } = definition
  if (!Number.isSafeInteger(version) || version < 0) {
    throw new SyncError(
      'setup',
      `The version of the store "${name}" has to be a whole number from 0 up, not ${version}`,
    )
  }
  let restored: Restored | undefined
  let state: State | undefined
  const storage = await options.storage.open(name, (stored) => {
    const next = restore(name, stored)
    if (next === undefined) return 'damaged'
    restored = next
    state = migrate(definition, next) as State
    return next.version > version ? 'read-only' : next.taken
  })
  try {
    return new SavedSource(definition, state === undefined ? options : { ...options, state }, storage, restored)
  } catch (error) {
    await storage.close()
    throw error
  }
}

class SavedSource<State extends object, Commands>
  extends StoreSource<State, Commands>
  implements OpenedSource<State, Commands>
{
  readonly opened: Opened
  readonly #persistence: Persistence
  #closing: Promise<void> | undefined

  constructor(
    definition: StoreDefinition<State, Commands>,
    options: OpenOptions<State, Commands>,
    storage: OpenStorage,
    restored: Restored | undefined,
  ) {
    super(definition, options)
    const { name, version = 1 } = definition
    const older = restored !== undefined && restored.version < version
    this.opened = describe(restored, older, storage.damage, (path) => typeof this.part(path) === 'string')
    this.#persistence = new Persistence(this, storage, {
      version,
      saveInterval: options.saveInterval ?? 500,
      clock: options.clock ?? sourceClock,
      date: options.date ?? Date.now,
      onError: safely(options.onError),
      // A migration is a change like others: a journal of what was before does not lead to what is after.
      base: (restored?.revision ?? 0) + (older ? 1 : 0),
      // What was found damaged is set aside with the next fold, which should not be a long way off.
      stored: restored !== undefined && !older && storage.foldDue !== 'now',
      streams: restored?.streams ?? [],
      readOnly:
        restored === undefined || restored.version <= version
          ? undefined
          : new SyncError(
              'newer-version',
              `${storage.location} is not saved: a newer version of the application has stored version ${restored.version} of "${name}" there, and this one knows versions up to ${version}`,
            ),
    })
    this.follow(this.#persistence)
  }

  get saving(): Readable<Saving> {
    return this.#persistence.saving
  }

  async saved(): Promise<void> {
    await this.#persistence.saved()
  }

  // oxlint-disable-next-line typescript/no-misused-promises -- as in the interface
  override close(): Promise<void> {
    super.close()
    this.#closing ??= this.#persistence.close()
    return this.#closing
  }
}

/** Step by step, on a copy: what is stored stays as it is until the outcome is. */
function migrate(
  { name, version = 1, migrate: migrations = {} }: StoreDefinition<object, unknown>,
  restored: Restored,
): unknown {
  if (restored.version >= version) return restored.state
  let state: unknown = deepCopy(restored.state)
  for (let from = restored.version; from < version; from++) {
    const step = Object.hasOwn(migrations, from) ? migrations[from] : undefined
    const what = `The store "${name}" cannot be migrated from version ${from} to ${from + 1}`
    if (step === undefined) throw new SyncError('migration-failed', `${what}: \`migrate\` has no entry ${from}`)
    try {
      state = step(state)
      if (from + 1 === version) copyState(state)
    } catch (cause) {
      throw new SyncError('migration-failed', `${what}: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
      })
    }
  }
  return state
}

function describe(
  restored: Restored | undefined,
  older: boolean,
  damage: readonly Damage[],
  isText: (path: Path) => boolean,
): Opened {
  const lost = damage.filter(({ kind }) => kind !== 'unfinished')
  const known = lost.flatMap(({ stranded }) => stranded.map((record) => describeRecord(record)?.to ?? 0))
  const revision = restored?.revision ?? 0
  return {
    savedAt: restored?.at,
    migratedFrom: older ? restored?.version : undefined,
    interrupted: (restored?.streams ?? []).filter(isText),
    recovered:
      lost.length === 0
        ? undefined
        : {
            damage: lost,
            lostCommits: known.reduce((most, to) => Math.max(most, to - revision), 0),
            lostSince: restored?.at,
          },
  }
}
