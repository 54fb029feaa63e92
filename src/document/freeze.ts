import { SyncError } from '../error.ts'
import { development } from './development.ts'

function refuse(): never {
  throw new SyncError('read-only', 'This belongs to a store: change the state by update(), append() or a command')
}

/**
 * In development makes one object (not its parts) read-only: a write to it throws. `Object.freeze` does not reach the
 * contents of `Map`, `Set` and `Date`, so there the methods that write are shadowed. Bytes cannot be frozen.
 */
export function freeze<T extends object>(object: T): T {
  if (!development || Object.isFrozen(object) || ArrayBuffer.isView(object)) return object
  if (object instanceof Map || object instanceof Set || object instanceof Date) {
    for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(object))) {
      if (/^(set|add$|delete$|clear$)/.test(name)) Object.defineProperty(object, name, { value: refuse })
    }
  }
  return Object.freeze(object)
}
