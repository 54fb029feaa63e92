import { existsSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type Storage, fileStorage, sqliteStorage } from 'lockstep/storage'

export interface DataEnvironment {
  LOCKSTEP_CHAT_DATA?: string | undefined
  XDG_DATA_HOME?: string | undefined
  APPDATA?: string | undefined
}

/** Where the browser host keeps its data, unless `LOCKSTEP_CHAT_DATA` says otherwise: the system's place for that. */
export function dataFolder(environment: DataEnvironment, platform: NodeJS.Platform = process.platform): string {
  if (environment.LOCKSTEP_CHAT_DATA) return environment.LOCKSTEP_CHAT_DATA
  if (platform === 'darwin') return join(homedir(), 'Library/Application Support/lockstep-chat')
  if (platform === 'win32') return join(environment.APPDATA || join(homedir(), 'AppData/Roaming'), 'lockstep-chat')
  return join(environment.XDG_DATA_HOME || join(homedir(), '.local/share'), 'lockstep-chat')
}

/**
 * A database where the runtime has SQLite, else plain files. What has begun in one stays there: a newer runtime goes on
 * with the files.
 *
 * @throws Error if the data is in a database, and this runtime cannot read it.
 */
export function storageIn(folder: string, hasSqlite: boolean = isBuiltin('node:sqlite')): Storage {
  const database = join(folder, 'chat.db')
  const files = join(folder, 'stores')
  if (existsSync(files)) return fileStorage(files)
  if (hasSqlite) return sqliteStorage(database)
  if (!existsSync(database)) return fileStorage(files)
  throw new Error(
    `${database} is an SQLite database, which this runtime (Node ${process.versions.node}) cannot read: use Node 22.13 or Electron 35 or later`,
  )
}
