/**
 * What a parsed frame may look like, written down a second time, without the parser. It is stricter than types: no field
 * too many, no prototype but the usual ones, nothing that could reach one.
 */

type Check = (value: unknown) => boolean
type Shape = Readonly<Record<string, Check>>

const isText: Check = (value) => typeof value === 'string'
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0
const isChannel: Check = (value) => isCount(value) && value !== 0
const isBoolean: Check = (value) => typeof value === 'boolean'
const isReserved: Check = (key) => key === '__proto__' || key === 'prototype' || key === 'constructor'
const isKey: Check = (key) =>
  key === null || ['string', 'number', 'boolean', 'bigint', 'undefined'].includes(typeof key) ? !isReserved(key) : false

const bytePrototypes = new Set<unknown>(
  [
    ArrayBuffer,
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    BigInt64Array,
    BigUint64Array,
    (globalThis as { Float16Array?: { prototype: unknown } }).Float16Array,
    Float32Array,
    Float64Array,
  ].map((type) => type?.prototype),
)

/** Something that can be stored, with at most `depth` containers in each other. */
function isStorable(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return isKey(value) || isReserved(value)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (value instanceof Date) return prototype === Date.prototype
  if (bytePrototypes.has(prototype)) return true
  if (depth === 0 || Object.getOwnPropertySymbols(value).length > 0) return false
  const isPart: Check = (part) => isStorable(part, depth - 1)
  if (prototype === Map.prototype) {
    const map = value as Map<unknown, unknown>
    return [...map.keys()].every(isKey) && [...map.values()].every(isPart)
  }
  if (prototype === Set.prototype) return [...(value as Set<unknown>)].every(isKey)
  if (prototype === Array.prototype) {
    return Object.keys(value).length === (value as unknown[]).length && (value as unknown[]).every(isPart)
  }
  return prototype === Object.prototype && Object.entries(value).every(([key, part]) => isKey(key) && isPart(part))
}

function isPath(depth: number): Check {
  return (path) => Array.isArray(path) && path.length <= depth && isStorable(path, 1) && path.every(isKey)
}

function isOfShape(value: unknown, shape: Shape | undefined): boolean {
  if (shape === undefined || typeof value !== 'object' || value === null) return false
  const keys = Reflect.ownKeys(value)
  return (
    Object.getPrototypeOf(value) === Object.prototype &&
    keys.length === Object.keys(shape).length &&
    Object.entries(shape).every(([key, check]) => Object.hasOwn(value, key) && check(Reflect.get(value, key)))
  )
}

const isKnown: Check = (known) => known === undefined || isOfShape(known, { epoch: isText, revision: isCount })
const isError: Check = (error) => isOfShape(error, { code: isText, message: isText })

function typeOf(value: unknown, field: string): string {
  return String((value as Record<string, unknown>)[field])
}

/** Whether `frame` is an `UpFrame`, within the limit of depth. */
export function isUpFrame(frame: unknown, depth: number): boolean {
  const head = { type: isText, channel: isChannel }
  const shapes: Readonly<Record<string, Shape>> = {
    hello: { ...head, version: isCount, store: isText, known: isKnown, replaces: isCount },
    ack: { ...head, revision: isCount },
    watch: { ...head, path: isPath(depth) },
    unwatch: { ...head, path: isPath(depth) },
    call: { ...head, id: isCount, name: isText, argument: (value) => isStorable(value, depth) },
    ping: { ...head, id: isCount, report: isBoolean },
    bye: head,
  }
  return isOfShape(frame, shapes[typeOf(frame, 'type')])
}

/** Whether `frame` is a `DownFrame`. What is in a state without tags is for the document to check. */
export function isDownFrame(frame: unknown, text: string): boolean {
  const depth = 140
  const isState: Check = text.includes('"~":') ? (value) => isStorable(value, depth) : isJson
  const head = { type: isText, channel: isCount }
  const opShapes: Readonly<Record<string, Shape>> = {
    set: { kind: isText, path: isPath(depth), value: isState },
    delete: { kind: isText, path: isPath(depth) },
    append: { kind: isText, path: isPath(depth), chunk: isText },
    splice: {
      kind: isText,
      path: isPath(depth),
      index: isCount,
      remove: isCount,
      items: (items) => Array.isArray(items) && items.every(isState),
    },
  }
  const shapes: Readonly<Record<string, Shape>> = {
    snapshot: {
      ...head,
      epoch: isText,
      revision: isCount,
      value: (value) => isState(value) && (!(frame as { isPlain: boolean }).isPlain || isHarmless(value)),
      isPlain: isBoolean,
      asks: isBoolean,
    },
    commit: {
      ...head,
      from: isCount,
      to: (to) => isCount(to) && (to as number) >= (frame as { from: number }).from,
      ops: (ops) => Array.isArray(ops) && ops.every((op) => isOfShape(op, opShapes[typeOf(op, 'kind')])),
      asks: isBoolean,
    },
    ok: { ...head, id: isCount, revision: isCount, value: (value) => isStorable(value, depth) },
    err: { ...head, id: isCount, revision: isCount, error: isError },
    pong: { ...head, id: isCount, revision: isCount, value: (value) => isStorable(value, depth) },
    refused: { ...head, error: isError },
  }
  return isOfShape(frame, shapes[typeOf(frame, 'type')])
}

/** Whether no object at any depth has a key that means something to anybody but the application. */
function isHarmless(value: unknown): boolean {
  const left = [value]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (typeof next !== 'object' || next === null) continue
    for (const key of Object.keys(next)) if (/^(?:~|__proto__|prototype|constructor)$/.test(key)) return false
    left.push(...(Object.values(next) as unknown[]))
  }
  return true
}

/** Of one of the kinds that `JSON.parse` makes; not looked into, for it may be nested without bounds. */
const isJson: Check = (value) =>
  typeof value !== 'object' ||
  value === null ||
  Object.getPrototypeOf(value) === Object.prototype ||
  Object.getPrototypeOf(value) === Array.prototype
