import { inspect } from 'node:util'

/**
 * Where two values first differ, in anything that a reader could notice: kind, prototype, order of keys, -0.
 * `undefined` if nowhere.
 */
export function difference(a: unknown, b: unknown, at = 'value'): string | undefined {
  if (Object.is(a, b)) return undefined
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return `${at}: ${inspect(a)} and ${inspect(b)}`
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return `${at}: prototypes`
  if (a instanceof Date) return difference(a.getTime(), (b as Date).getTime(), `${at}.getTime()`)
  if (a instanceof ArrayBuffer) return compareLists([...new Uint8Array(a)], [...new Uint8Array(b as ArrayBuffer)], at)
  if (ArrayBuffer.isView(a)) return compareLists([...(a as Uint8Array)], [...(b as Uint8Array)], at)
  if (a instanceof Map) return compareLists([...a].flat(1), [...(b as Map<unknown, unknown>)].flat(1), at)
  if (a instanceof Set) return compareLists([...a], [...(b as Set<unknown>)], at)
  const keys = Reflect.ownKeys(a)
  return (
    compareLists(keys, Reflect.ownKeys(b), `keys of ${at}`) ??
    compareLists(
      keys.map((key) => own(a)[key]),
      keys.map((key) => own(b)[key]),
      at,
    )
  )
}

function compareLists(a: readonly unknown[], b: readonly unknown[], at: string): string | undefined {
  if (a.length !== b.length) return `${at}: ${a.length} and ${b.length} parts`
  for (let index = 0; index < a.length; index++) {
    const found = difference(a[index], b[index], `${at}[${index}]`)
    if (found !== undefined) return found
  }
  return undefined
}

function own(value: object): Record<PropertyKey, unknown> {
  return value as Record<PropertyKey, unknown>
}
