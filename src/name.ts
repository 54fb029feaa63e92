import { SyncError } from './error.ts'

/**
 * Checks that a store may have this name, which goes into file names and logs. Main does so for all windows, which would only
 * start later for it.
 *
 * @throws SyncError `setup` unless it is a letter, followed by up to 63 letters, digits, `.`, `_` or `-`.
 */
export function checkName(name: string): void {
  if (/^[A-Za-z][\w.-]{0,63}$/.test(name)) return
  throw new SyncError(
    'setup',
    `${JSON.stringify(name)} is no name for a store: a letter, then up to 63 letters, digits, ".", "_" or "-"`,
  )
}
