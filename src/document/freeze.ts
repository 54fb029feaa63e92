import { SyncError } from '../error.ts'

/**
 * Whether this is a development build. Bundlers replace the expression inside; a page without a bundler counts as
 * development, where a mistake should throw.
 */
export const development: boolean = (() => {
  try {
    return process.env.NODE_ENV !== 'production'
  } catch {
    return true
  }
})()

declare const process: { readonly env: { readonly NODE_ENV?: string } }

function refuse(): never {
  throw new SyncError(
    'read-only',
    'This value belongs to a store and cannot be written to: change the state through update(), append() or a command.',
  )
}

const locks = new Map<object, PropertyDescriptorMap>(
  [Map.prototype, Set.prototype, Date.prototype].map((prototype) => [
    prototype,
    Object.fromEntries(
      Object.getOwnPropertyNames(prototype)
        .filter((name) => /^(set|add$|delete$|clear$)/.test(name))
        .map((name) => [name, { value: refuse }]),
    ),
  ]),
)

/**
 * In development makes one object (not its parts) read-only: a write to it throws. `Object.freeze` does not reach the
 * contents of `Map`, `Set` and `Date`, so there the methods that write are shadowed. Bytes cannot be frozen.
 */
export function freeze<T extends object>(object: T): T {
  if (!development || Object.isFrozen(object) || ArrayBuffer.isView(object)) return object
  const lock = locks.get(Object.getPrototypeOf(object) as object)
  if (lock !== undefined) Object.defineProperties(object, lock)
  return Object.freeze(object)
}
