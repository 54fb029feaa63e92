import { dirname } from 'node:path'
import { codeOf } from './failure.ts'
import type { FileSystem } from './file-system.ts'

/** Makes a folder and those above it as far as they are missing, durably. */
export async function makeFolders(folder: string, fileSystem: FileSystem): Promise<void> {
  if ((await fileSystem.kind(folder)) !== 'nothing') return
  const parent = dirname(folder)
  await makeFolders(parent, fileSystem)
  try {
    await fileSystem.makeFolder(folder)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
  await fileSystem.syncFolder(parent)
}
