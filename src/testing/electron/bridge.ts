/** What becomes of a value that crosses the context bridge: copied, with functions that cross each time they are called. */

const deepest = 1000

export function acrossBridge(value: unknown, depth: number = 0): unknown {
  if (depth > deepest)
    throw new Error(
      `Electron contextBridge recursion depth exceeded. Nested objects deeper than ${deepest} are not supported.`,
    )
  if (typeof value === 'function') {
    const target = value as (...args: unknown[]) => unknown
    return (...args: unknown[]) => acrossBridge(target(...args.map((argument) => acrossBridge(argument))))
  }
  if (typeof value === 'symbol') throw new Error('A symbol cannot cross the context bridge')
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Promise) return value.then((result: unknown) => acrossBridge(result))
  if (value instanceof Error) return Object.assign(new Error(value.message), { name: value.name })
  if (Array.isArray(value)) return value.map((item) => acrossBridge(item, depth + 1))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null && !isClassInstance(value)) return structuredClone(value)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, acrossBridge(item, depth + 1)]))
}

/** Its own properties cross, its prototype does not. */
function isClassInstance(value: object): boolean {
  return Object.prototype.toString.call(value) === '[object Object]'
}
