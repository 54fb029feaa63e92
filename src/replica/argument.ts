import { checkSendable } from '../document/checks.ts'
import { development } from '../document/development.ts'
import { deepCopy } from '../document/tree.ts'
import { SyncError } from '../error.ts'

/**
 * A command's argument as it is now, checked.
 *
 * @throws SyncError `not-storable`, `reserved-key` or `too-deep`.
 */
export function copyArgument(argument: unknown): unknown {
  const path = ['(argument)']
  checkSendable(argument, path)
  if (development) refuseProxy(argument, path)
  return deepCopy(argument)
}

/**
 * structuredClone is the one thing that tells a framework's reactive proxy from what it stands for. In production the
 * contents are sent, and nothing is lost by it, as with what is written to a source.
 */
function refuseProxy(argument: unknown, path: readonly string[]): void {
  try {
    structuredClone(argument)
  } catch (cause) {
    throw new SyncError('not-storable', 'Only plain data can be sent: no reactive proxy', { path, cause })
  }
}
