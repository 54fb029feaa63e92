/** What the oracle compares with: as plain as can be, and none of it shared with the library. */

/** Whether two values are the same to all who look: sorts, contents, and the order of keys. */
export function equal(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b)
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false
  if (Array.isArray(a)) return equalLists(a, b as unknown[])
  if (a instanceof Map)
    return equalIterators(a.entries(), (b as Map<unknown, unknown>).entries(), a.size, (b as typeof a).size)
  if (a instanceof Set) return equalIterators(a.entries(), (b as Set<unknown>).entries(), a.size, (b as typeof a).size)
  if (a instanceof Date) return Object.is(a.getTime(), (b as Date).getTime())
  if (a instanceof Uint8Array) return equalLists(a, b as Uint8Array)
  const keys = Object.keys(a)
  const others = Object.keys(b)
  if (keys.length !== others.length) return false
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as keyof object
    if (key !== others[index] || !equal(a[key], b[key])) return false
  }
  return true
}

function equalLists(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length; index++) if (!equal(a[index], b[index])) return false
  return true
}

function equalIterators(
  a: Iterator<[unknown, unknown]>,
  b: Iterator<[unknown, unknown]>,
  size: number,
  otherSize: number,
): boolean {
  if (size !== otherSize) return false
  for (let index = 0; index < size; index++) {
    const [key, value] = a.next().value as [unknown, unknown]
    const [otherKey, otherValue] = b.next().value as [unknown, unknown]
    if (!equal(key, otherKey) || !equal(value, otherValue)) return false
  }
  return true
}

/** What is at `path`, or `undefined`. */
export function pick(state: unknown, path: readonly unknown[]): unknown {
  let value = state
  for (const key of path) {
    if (value instanceof Map) value = value.get(key)
    else if (value instanceof Set) value = value.has(key) ? key : undefined
    else if (typeof value === 'object' && value !== null && Object.hasOwn(value, key as string)) {
      value = value[key as keyof object]
    } else return undefined
  }
  return value
}

/** Where two values differ first, in words. */
export function difference(a: unknown, b: unknown, at = '(root)'): string {
  if (equal(a, b)) return 'no difference'
  const parts = (value: unknown): [unknown, unknown][] =>
    value instanceof Map || value instanceof Set
      ? [...value.entries()]
      : typeof value === 'object' && value !== null && !(value instanceof Date)
        ? Object.entries(value)
        : []
  const [left, right] = [parts(a), parts(b)]
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const [here, there] = [left[index], right[index]]
    if (here === undefined || there === undefined || here[0] !== there[0]) {
      return `${at}: part ${index} is ${show(here?.[0])} here, ${show(there?.[0])} there`
    }
    if (!equal(here[1], there[1])) return difference(here[1], there[1], `${at}.${String(here[0])}`)
  }
  return `${at}: ${show(a)} here, ${show(b)} there`
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length > 80 ? `${text.slice(0, 40)}...${text.slice(-40)} (${text.length})` : text
}
