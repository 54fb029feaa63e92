import { checkName } from '../name.ts'

/**
 * The name of a store as part of a file name: different for different stores on file systems that ignore case too, and
 * never one that means something to a file system (`..`, `con`).
 *
 * @throws SyncError `setup` if it is no name of a store.
 */
export function fileNameOf(store: string): string {
  checkName(store)
  return `store-${store.replace(/[A-Z]|\.$/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)}`
}
