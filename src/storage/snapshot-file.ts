import { join } from 'node:path'
import { Buffer } from 'node:buffer'
import type { Clock } from '../clock.ts'
import { codeOf } from './failure.ts'
import { writeAll, type File, type FileSystem } from './file-system.ts'
import type { SnapshotFormat } from './format.ts'
import { checkSize, type Pieces } from './storage.ts'

/** As much is written at once, in bytes. */
const blockSize = 128 * 1024
/** How long to wait before a rename is tried again, in ms: virus scanners and indexers hold files for a moment. */
const renameDelays = [10, 20, 40, 80, 160]

/** What has come of writing a snapshot. Where it is `there`, the next start may find it, durable or not. */
export type Written =
  | { readonly bytes: number; readonly there: true; readonly error: undefined }
  | { readonly there: boolean; readonly error: Error }

/** Writes a snapshot beside, and renames it when it is complete; never writes in place. */
export async function writeSnapshot(
  folder: string,
  name: string,
  format: SnapshotFormat,
  pieces: Pieces,
  fileSystem: FileSystem,
  clock: Clock,
): Promise<Written> {
  const path = join(folder, name)
  const temporary = `${path}.tmp`
  let bytes: number
  try {
    // One may have stayed when removing it failed.
    if ((await fileSystem.kind(temporary)) !== 'nothing') await fileSystem.remove(temporary)
    const file = await fileSystem.open(temporary, 'create')
    try {
      bytes = await writePieces(file, format, pieces, path)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path, fileSystem, clock)
  } catch (error) {
    await fileSystem.remove(temporary).catch(() => undefined)
    // Unless a rename that failed has certainly not happened, it has to be reckoned with.
    const kind = await fileSystem.kind(path).catch(() => 'unknown')
    return { there: kind !== 'nothing', error: error as Error }
  }
  try {
    await fileSystem.syncFolder(folder)
    return { bytes, there: true, error: undefined }
  } catch (error) {
    return { there: true, error: error as Error }
  }
}

async function writePieces(file: File, format: SnapshotFormat, pieces: Pieces, location: string): Promise<number> {
  let block: Buffer[] = [format.header]
  let pending = format.header.length
  let position = 0
  const flush = async (): Promise<void> => {
    await writeAll(file, Buffer.concat(block), position)
    position += pending
    block = []
    pending = 0
  }
  const add = (bytes: Buffer): void => {
    block.push(bytes)
    pending += bytes.length
    checkSize(position + pending, location)
  }
  for await (const piece of pieces) {
    add(format.add(piece))
    if (pending >= blockSize) await flush()
  }
  add(format.trailer)
  await flush()
  return position
}

async function rename(from: string, to: string, fileSystem: FileSystem, clock: Clock): Promise<void> {
  for (const delay of renameDelays) {
    try {
      await fileSystem.rename(from, to)
      return
    } catch (error) {
      if (!['EPERM', 'EACCES', 'EBUSY'].includes(codeOf(error) ?? '')) throw error
      await new Promise<void>((resolve) => {
        clock.schedule(resolve, delay, true)
      })
    }
  }
  await fileSystem.rename(from, to)
}
