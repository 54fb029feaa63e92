import { SyncError } from '../error.ts'

export function malformed(options?: { readonly cause: unknown }): SyncError {
  return new SyncError('bad-frame', 'This is no frame', options)
}
