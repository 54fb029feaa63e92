/**
 * One process at a time. Who wants the folder puts a file there that names it, and then looks whether there is another of
 * a process that runs: if so, it withdraws. Of two that come at the same moment at least the later one sees the other. The
 * names are used once, so that of a process that has died anybody can remove, whatever others do meanwhile.
 */
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { SyncError } from '../error.ts'
import { codeOf } from './failure.ts'
import type { FileSystem } from './file-system.ts'
import type { Processes } from './processes.ts'

const lockName = /^lock-(\d{1,10})-([a-z\d]{1,32})-[a-f\d]{8}$/

/** How often two that keep seeing each other try again. */
const attempts = 4

/**
 * Takes the lock of a folder.
 *
 * @returns what releases it.
 * @throws SyncError `storage-locked`.
 */
export async function lock(
  folder: string,
  fileSystem: FileSystem,
  processes: Processes,
  clock: Clock,
): Promise<() => Promise<void>> {
  const mark = await processes.mark()
  for (let attempt = 1; ; attempt++) {
    const name = `lock-${processes.pid}-${mark}-${randomBytes(4).toString('hex')}`
    const path = join(folder, name)
    const release = async (): Promise<void> => {
      await removeIfThere(fileSystem, path)
    }
    let owner: string | undefined
    try {
      await (await fileSystem.open(path, 'create')).close()
      owner = await findOwner(folder, fileSystem, processes, name)
    } catch (error) {
      await release().catch(() => undefined)
      throw error
    }
    if (owner === undefined) return release
    await release()
    if (attempt === attempts) throw locked(folder, owner)
    // Not in step with the other one.
    const delay = 5 * attempt + (processes.pid % 17)
    await new Promise<void>((resolve) => {
      clock.schedule(resolve, delay, true)
    })
  }
}

function locked(folder: string, owner: string): SyncError {
  const pid = lockName.exec(owner)?.[1]
  return new SyncError(
    'storage-locked',
    `${folder} is in use by the process ${pid}; a store is saved by one process at a time (if that is another program, which has got the process id of one that died, delete ${join(folder, owner)})`,
  )
}

/** The lock of another holder, if there is one that runs; locks of those that do not are removed. */
async function findOwner(
  folder: string,
  fileSystem: FileSystem,
  processes: Processes,
  own: string,
): Promise<string | undefined> {
  for (const name of await fileSystem.list(folder)) {
    const match = lockName.exec(name)
    if (match === null || name === own) continue
    if (await processes.isRunning(Number(match[1]), match[2] as string)) return name
    await removeIfThere(fileSystem, join(folder, name))
  }
  return undefined
}

async function removeIfThere(fileSystem: FileSystem, path: string): Promise<void> {
  try {
    await fileSystem.remove(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}
