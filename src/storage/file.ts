/** A storage in plain files, for runtimes without `node:sqlite`. */
import { resolve } from 'node:path'
import { systemClock, type Clock } from '../clock.ts'
import { codeOf, storageFailed } from './failure.ts'
import type { FileSystem } from './file-system.ts'
import { FileStore } from './file-store.ts'
import { makeFolders } from './folders.ts'
import { findGeneration } from './generations.ts'
import { lock } from './lock.ts'
import { fileNameOf } from './names.ts'
import { nodeFileSystem } from './node-file-system.ts'
import { machineProcesses, type Processes } from './processes.ts'
import type { Storage } from './storage.ts'

export interface FileStorageOptions {
  readonly fileSystem?: FileSystem
  readonly clock?: Clock
  readonly processes?: Processes
}

/**
 * Keeps each store in a folder of its own in `folder`, which is made if it is missing: snapshots, each with the journal of
 * what came after it, all with checksums, for this user alone.
 */
export function fileStorage(folder: string, options: FileStorageOptions = {}): Storage {
  const { fileSystem = nodeFileSystem, clock = systemClock, processes = machineProcesses } = options
  return {
    async open(store, read) {
      const home = resolve(folder, fileNameOf(store))
      let release: (() => Promise<void>) | undefined
      try {
        await makeFolders(home, fileSystem)
        // Above it a link may be what the user wants, here it is not.
        if ((await fileSystem.kind(home)) !== 'folder')
          throw Object.assign(new Error('No folder, or a link to one'), { code: 'ELOOP' })
        release = await lock(home, fileSystem, processes, clock)
        const found = await findGeneration(home, fileSystem, read)
        const opened = new FileStore(home, fileSystem, clock, found, release)
        if (!found.readOnly) await opened.tidy(found.useless)
        return opened
      } catch (error) {
        // Not to hide the error that matters.
        await release?.().catch(() => undefined)
        throw isSystemError(error) ? storageFailed('read', home, error) : error
      }
    },
  }
}

/** Errors of `read` are none. */
function isSystemError(error: unknown): boolean {
  return codeOf(error) !== undefined && !(error instanceof Error && error.name === 'SyncError')
}
