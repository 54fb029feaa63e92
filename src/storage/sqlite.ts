/** A storage in one SQLite database, for runtimes that have `node:sqlite`. */
import { isBuiltin } from 'node:module'
import { Buffer } from 'node:buffer'
import { dirname, resolve } from 'node:path'
import { SyncError } from '../error.ts'
import { choose, type Choice } from './choose.ts'
import { codeOf, storageFailed } from './failure.ts'
import { makeFolders } from './folders.ts'
import { fileNameOf } from './names.ts'
import { nodeFileSystem as fileSystem } from './node-file-system.ts'
import type { LoadedGenerations, Opened } from './sqlite-messages.ts'
import { SqliteStore } from './sqlite-store.ts'
import { DatabaseError, SqliteThread } from './sqlite-thread.ts'
import type { Damage, Storage } from './storage.ts'

interface Connection {
  readonly thread: SqliteThread
  readonly quarantine: string | undefined
}

/** The database while at least one store in it is open, or about to be. */
interface Sharing {
  readonly connection: Promise<Connection>
  users: number
}

/**
 * Keeps any number of stores in one database file, for this user alone. Wants Node 22.13 or Electron 35; SQLite runs in a
 * thread of its own.
 */
export function sqliteStorage(file: string): Storage {
  const path = resolve(file)
  const stores = new Set<string>()
  let shared: Sharing | undefined
  let disconnecting: Promise<void> = Promise.resolve()
  const share = (): Sharing => {
    const sharing: Sharing = { connection: disconnecting.then(() => connect(path)), users: 0 }
    sharing.connection.catch(() => {
      if (shared === sharing) shared = undefined
    })
    return sharing
  }
  const leave = async (sharing: Sharing): Promise<void> => {
    if (--sharing.users > 0) return
    if (shared === sharing) shared = undefined
    disconnecting = sharing.connection.then(
      (connection) => closeDatabase(connection, path),
      () => undefined,
    )
    await disconnecting
  }
  return {
    async open(store, read) {
      fileNameOf(store)
      if (stores.has(store)) throw locked(path, String(process.pid))
      stores.add(store)
      // Counted before anything is waited for, lest the last one that closes take the database away meanwhile.
      const sharing = (shared ??= share())
      sharing.users++
      try {
        const { thread, quarantine } = await sharing.connection
        const loaded = (await thread.call({ do: 'load', store })) as LoadedGenerations
        const aside = `${store}~damaged-${Date.now()}`
        const chosen = choose(loaded.generations, read, (kind, number) => ({
          location: `${path}: ${kind} ${number} of ${store}`,
          quarantine: `${path}: ${aside}`,
        }))
        const choice = withQuarantine(chosen, path, quarantine)
        return new SqliteStore(path, store, thread, choice, loaded, aside, async () => {
          stores.delete(store)
          await leave(sharing)
        })
      } catch (error) {
        stores.delete(store)
        await leave(sharing)
        const isOfDatabase = error instanceof DatabaseError || codeOf(error) !== undefined
        throw isOfDatabase ? storageFailed('read', path, error) : error
      }
    },
  }
}

async function closeDatabase({ thread }: Connection, path: string): Promise<void> {
  await fileSystem.remove(`${path}-owner`).catch(() => undefined)
  await thread.call({ do: 'close' }).catch(() => undefined)
  await thread.end()
}

function withQuarantine(choice: Choice, path: string, quarantine: string | undefined): Choice {
  if (quarantine === undefined) return choice
  const whole: Damage = { kind: 'storage', location: path, quarantine, stranded: [] }
  return { ...choice, appendable: false, damage: [whole, ...choice.damage] }
}

async function connect(path: string): Promise<Connection> {
  if (!isBuiltin('node:sqlite')) {
    throw new SyncError(
      'setup',
      `This runtime (Node ${process.versions.node}) has no node:sqlite, which sqliteStorage needs: use fileStorage(folder) from lockstep/storage`,
    )
  }
  await prepare(path)
  const thread = new SqliteThread()
  try {
    const { quarantine } = (await thread.call({ do: 'open', file: path })) as Opened
    await signOwner(path).catch(() => undefined)
    return { thread, quarantine }
  } catch (error) {
    await thread.end()
    if (codeOf(error) === 'EBUSY') throw locked(path, await ownerOf(path))
    throw error
  }
}

/** SQLite follows symbolic links, and makes its other files with the rights of the first. */
async function prepare(path: string): Promise<void> {
  await makeFolders(dirname(path), fileSystem)
  for (const end of ['-wal', '-shm', '-journal', '.new', '']) {
    const kind = await fileSystem.kind(path + end)
    if (kind === 'other') throw Object.assign(new Error(`${path}${end} is no file`), { code: 'ELOOP' })
    if (end === '' && kind === 'nothing') {
      await (await fileSystem.open(path, 'create')).close()
      await fileSystem.syncFolder(dirname(path))
    }
  }
}

/** The lock is SQLite's; this tells others whose it is. */
async function signOwner(path: string): Promise<void> {
  const note = `${path}-owner`
  if ((await fileSystem.kind(note)) !== 'nothing') await fileSystem.remove(note)
  const file = await fileSystem.open(note, 'create')
  await file.write(Buffer.from(String(process.pid)), 0)
  await file.close()
}

async function ownerOf(path: string): Promise<string> {
  try {
    const file = await fileSystem.open(`${path}-owner`, 'read')
    const bytes = Buffer.alloc(20)
    const text = bytes.toString('latin1', 0, await file.read(bytes, 0))
    await file.close()
    return /^\d+$/.test(text) ? text : 'of unknown id'
  } catch {
    return 'of unknown id'
  }
}

function locked(path: string, owner: string): SyncError {
  return new SyncError(
    'storage-locked',
    `${path} is in use by the process ${owner}; a store is saved by one process at a time`,
  )
}
