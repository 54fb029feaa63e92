import { SyncError } from './error.ts'

/**
 * Refuses keys that could reach a prototype.
 *
 * @param path where the key is, if that is known: its first `length` keys, or all.
 * @throws SyncError `reserved-key`.
 */
export function checkKey(key: unknown, path?: readonly unknown[], length?: number): void {
  if (key !== '__proto__' && key !== 'prototype' && key !== 'constructor') return
  throw new SyncError('reserved-key', `The key "${key}" is refused: it could reach a prototype`, {
    path: path && [...path.slice(0, length), key],
  })
}
