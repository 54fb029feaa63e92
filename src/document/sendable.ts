/** What is no write to a source: arguments and results of commands, and the state that a replica begins with. */
import { SyncError } from '../error.ts'
import { checkSendable } from './checks.ts'
import { development } from './development.ts'
import { deepCopy } from './tree.ts'
import type { Key } from './types.ts'

/** @throws SyncError `not-storable`, `reserved-key` or `too-deep`. */
export function checkSent(value: unknown, path: Key[]): void {
  checkSendable(value, path)
  if (development) refuseProxy(value, path)
}

/** `value` as it is now, checked. */
export function copySent(value: unknown, path: Key[]): unknown {
  checkSent(value, path)
  return deepCopy(value)
}

/**
 * structuredClone is the one thing that tells a framework's reactive proxy from what it stands for. In production the
 * contents are sent, and nothing is lost by it, as with what is written to a source.
 */
function refuseProxy(value: unknown, path: readonly Key[]): void {
  try {
    structuredClone(value)
  } catch (cause) {
    throw new SyncError('not-storable', 'Only plain data can be sent: no reactive proxy', { path, cause })
  }
}
