import { SyncError } from './error.ts'

const reserved = new Set<unknown>(['__proto__', 'prototype', 'constructor'])

/**
 * Refuses keys that could reach a prototype.
 *
 * @param path where the key is, if that is known: its first `length` keys.
 * @throws SyncError `reserved-key`.
 */
export function checkKey(key: unknown, path?: readonly unknown[], length: number = path?.length ?? 0): void {
  if (!reserved.has(key)) return
  throw new SyncError('reserved-key', `The key "${key as string}" is refused: it could reach a prototype`, {
    path: path && [...path.slice(0, length), key],
  })
}
