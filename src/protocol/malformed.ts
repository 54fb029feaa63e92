import { SyncError } from '../error.ts'

export function malformed(cause?: unknown): SyncError {
  return new SyncError('bad-frame', 'This is no frame', { cause })
}

export function tooDeep(): SyncError {
  return new SyncError('too-deep', 'A frame nested too deep')
}
