import { SyncError } from '../error.ts'

export function malformed(options?: { readonly cause: unknown }): SyncError {
  return new SyncError('bad-frame', 'This is no frame', options)
}

export function tooDeep(): SyncError {
  return new SyncError('too-deep', 'A frame nested too deep')
}
