import { checkSendable } from '../document/checks.ts'
import { SyncError } from '../error.ts'

/**
 * A command's argument as it is now, checked. structuredClone is the one thing that tells a framework's reactive proxy from
 * what it stands for.
 *
 * @throws SyncError `not-storable`, `reserved-key` or `too-deep`.
 */
export function copyArgument(argument: unknown): unknown {
  const path = ['(argument)']
  checkSendable(argument, path)
  try {
    return structuredClone(argument)
  } catch (cause) {
    throw new SyncError('not-storable', 'Only plain data can be sent: no reactive proxy', { path, cause })
  }
}
