import { SyncError } from '../error.ts'

/** The code of a system error (`ENOSPC`), or of the one underneath; `undefined` for other errors. */
export function codeOf(error: unknown): string | undefined {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown }
  if (typeof code === 'string' && /^E[A-Z0-9]+$/.test(code)) return code
  return cause === undefined ? undefined : codeOf(cause)
}

const reasons: Partial<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EIO: 'the disk reports an error',
  EROFS: 'the disk is read-only',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EBUSY: 'another program is using it',
  ELOOP: 'a symbolic link is in its place, and none is followed',
  EMFILE: 'this process has too many files open',
}

/** A failed read or write as a `SyncError` that says where and why. */
export function storageFailed(action: 'read' | 'written', location: string, cause: unknown): SyncError {
  if (cause instanceof SyncError) return cause
  const code = codeOf(cause)
  const reason = code === undefined ? undefined : reasons[code]
  const message = cause instanceof Error ? cause.message : String(cause)
  return new SyncError(
    'storage-failed',
    `${location} cannot be ${action}: ${reason === undefined ? message : `${reason} (${message})`}`,
    { cause },
  )
}
