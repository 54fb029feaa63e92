import { SyncError } from '../error.ts'

export function malformed(cause?: unknown): SyncError {
  return new SyncError('bad-frame', 'This is not a frame of the protocol', { cause })
}

export function tooDeep(): SyncError {
  return new SyncError('too-deep', 'A frame is nested too deep')
}
