import { SyncError } from '../error.ts'

/**
 * The name of a store as part of a file name: different for different stores on file systems that ignore case too, and
 * never one that means something to a file system (`..`, `con`).
 *
 * @throws SyncError `setup` if it is no name of a store.
 */
export function fileNameOf(store: string): string {
  if (!/^[A-Za-z][\w.-]{0,63}$/.test(store)) {
    throw new SyncError('setup', `${JSON.stringify(store)} is no name of a store`)
  }
  return `store-${store.replace(/[A-Z]|\.$/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)}`
}
