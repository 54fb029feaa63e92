/**
 * Untrusted text to frames: the one place where what arrives is checked. What comes out has the shape that its type says;
 * whether a path leads anywhere and whether an index exists is for the document to tell.
 */
import type { Key, Op, Path } from '../document/types.ts'
import { SyncError, type SyncErrorCode } from '../error.ts'
import { decode, decodeKey } from './codec.ts'
import type { DownFrame, UpFrame, WireError } from './frames.ts'
import type { Limits } from './limits.ts'
import { malformed, tooDeep } from './malformed.ts'
import { protocolVersion } from './version.ts'

/** Deepest nesting that a source's own frames can have: the document's, and the few levels of a frame around it. */
const downDepth = 140

/** @throws SyncError `bad-frame`, `too-large`, `too-deep` or `reserved-key`. */
export function parseUpFrame(text: string, limits: Pick<Limits, 'frameLength' | 'controlLength' | 'depth'>): UpFrame {
  checkLength(text, limits.frameLength)
  const fields = fieldsOf(text)
  const { channel, type } = fields
  if (channel === 0) throw malformed()
  if (type !== 'call') checkLength(text, limits.controlLength)
  switch (type) {
    case 'hello': {
      const version = fields.count()
      // What follows in another version is unknown; this much is the same in all.
      if (version !== protocolVersion) return { type, channel, version, store: '', known: undefined }
      const store = fields.text()
      if (fields.atEnd()) return { type, channel, version, store, known: undefined }
      return fields.last({ type, channel, version, store, known: { epoch: fields.text(), revision: fields.count() } })
    }
    case 'a':
      return fields.last({ type: 'ack', channel, revision: fields.count() })
    case 'w':
      return fields.last({ type: 'watch', channel, path: readPath(fields.next(), limits.depth) })
    case 'u':
      return fields.last({ type: 'unwatch', channel, path: readPath(fields.next(), limits.depth) })
    case 'call': {
      const id = fields.count()
      const name = fields.text()
      const argument = fields.atEnd() ? undefined : decode(fields.next(), limits.depth)
      return fields.last({ type, channel, id, name, argument })
    }
    case 'ping': {
      const id = fields.count()
      const report = !fields.atEnd()
      if (report && fields.next() !== 'report') throw malformed()
      return fields.last({ type, channel, id, report })
    }
    case 'bye':
      return fields.last({ type, channel })
    default:
      throw malformed()
  }
}

/** Which call is in a text that was refused, so that its caller need not wait for ever. */
export function callIn(text: string): { readonly channel: number; readonly id: number } | undefined {
  const match = /^\[(\d{1,15}),"call",(\d{1,15}),/.exec(text)
  return match === null ? undefined : { channel: Number(match[1]), id: Number(match[2]) }
}

/**
 * The source is trusted with the state, but not to be free of mistakes. Codes are passed on as they are.
 *
 * @throws SyncError `bad-frame`, `too-deep` or `reserved-key`.
 */
export function parseDownFrame(text: string): DownFrame {
  const fields = fieldsOf(text)
  // State needs no walk where nothing is tagged: the document checks keys and depth of what it takes in.
  return fields.last(readDownFrame(fields, text.includes('"~":') ? decodeState : same))
}

function readDownFrame(fields: Fields, state: (value: unknown) => unknown): DownFrame {
  const { channel, type } = fields
  if (type === 's') {
    return { type: 'snapshot', channel, epoch: fields.text(), revision: fields.count(), value: state(fields.next()) }
  }
  if (type === 'c') {
    const from = fields.count()
    const to = count(from + fields.count())
    const ops = list(fields.next()).map((entry) => op(entry, state))
    if (from === to && ops.length > 0) throw malformed()
    return { type: 'commit', channel, from, to, ops }
  }
  if (type === 'refused') return { type, channel, error: fields.error() }
  const id = fields.count()
  const revision = fields.count()
  if (type === 'err') return { type: 'failure', channel, id, revision, error: fields.error() }
  const value = fields.atEnd() ? undefined : decodeState(fields.next())
  if (type === 'pong') return { type, channel, id, revision, report: value }
  if (type !== 'ok') throw malformed()
  return { type: 'result', channel, id, revision, value }
}

/** The fields of a frame, taken one by one. */
interface Fields {
  readonly channel: number
  readonly type: unknown
  atEnd(): boolean
  next(): unknown
  count(): number
  text(): string
  error(): WireError
  /** `frame`, if all fields have been taken. */
  last<F>(frame: F): F
}

function fieldsOf(frame: string): Fields {
  let json: unknown
  try {
    json = JSON.parse(frame)
  } catch (cause) {
    throw malformed(cause)
  }
  const fields = list(json)
  let at = 0
  const atEnd = (): boolean => at >= fields.length
  const next = (): unknown => {
    if (atEnd()) throw malformed()
    return fields[at++]
  }
  const text = (): string => {
    const value = next()
    if (typeof value !== 'string') throw malformed()
    return value
  }
  return {
    channel: count(next()),
    type: next(),
    atEnd,
    next,
    count: () => count(next()),
    text,
    error: () => ({ code: text() as SyncErrorCode, message: text() }),
    last(whole) {
      if (!atEnd()) throw malformed()
      return whole
    },
  }
}

function op(value: unknown, state: (value: unknown) => unknown): Op {
  const [kind, keys, first, second, third, ...rest] = list(value)
  const path = readPath(keys, downDepth)
  if (kind === 'a' && typeof first === 'string' && second === undefined) return { kind: 'append', path, chunk: first }
  if (kind === 's' && first !== undefined && second === undefined) return { kind: 'set', path, value: state(first) }
  if (kind === 'd' && first === undefined) return { kind: 'delete', path }
  if (kind !== 'x' || rest.length > 0) throw malformed()
  return { kind: 'splice', path, index: count(first), remove: count(second), items: list(state(third)) }
}

function readPath(value: unknown, depth: number): Path {
  const keys = list(value)
  if (keys.length > depth) throw tooDeep()
  return keys.map((key) => decodeKey(key) as Key)
}

function checkLength(text: string, limit: number): void {
  if (text.length > limit)
    throw new SyncError('too-large', `A frame of ${text.length} characters is longer than the limit of ${limit}`)
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed()
  return value
}

function count(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw malformed()
  return value as number
}

const same = (value: unknown): unknown => value
const decodeState = (value: unknown): unknown => decode(value, downDepth)
