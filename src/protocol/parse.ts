/**
 * Untrusted text to frames: the one place where what arrives is checked. What comes out has the shape that its type says;
 * whether a path leads anywhere and whether an index exists is for the document to tell.
 */
import type { Key, Op, Path } from '../document/types.ts'
import { SyncError, type SyncErrorCode } from '../error.ts'
import { decode, decodeKey } from './codec.ts'
import type { DownFrame, UpFrame } from './frames.ts'
import type { Limits } from './limits.ts'
import { protocolVersion } from './version.ts'

/** Deepest nesting that a source's own frames can have: the document's, and the few levels of a frame around it. */
const downDepth = 140

/** @throws SyncError `bad-frame`, `too-large`, `too-deep` or `reserved-key`. */
export function parseUpFrame(text: string, limits: Pick<Limits, 'frameLength' | 'controlLength' | 'depth'>): UpFrame {
  checkLength(text, limits.frameLength)
  const fields = new Fields(text)
  const { channel, type } = fields
  if (channel === 0) throw malformed('channel 0 is the connection itself')
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
      return fields.last({ type: 'watch', channel, path: path(fields.next(), limits.depth) })
    case 'u':
      return fields.last({ type: 'unwatch', channel, path: path(fields.next(), limits.depth) })
    case 'call': {
      const id = fields.count()
      const name = fields.text()
      const argument = fields.atEnd() ? undefined : decode(fields.next(), limits.depth)
      return fields.last({ type, channel, id, name, argument })
    }
    case 'ping':
      return fields.last({ type, channel, id: fields.count() })
    case 'bye':
      return fields.last({ type, channel })
    default:
      throw malformed('its type is unknown')
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
  const fields = new Fields(text)
  const { channel, type } = fields
  // State needs no walk where nothing is tagged: the document checks keys and depth of what it takes in.
  const read = text.includes('"~":') ? (value: unknown): unknown => decode(value, downDepth) : same
  switch (type) {
    case 's':
      return fields.last({
        type: 'snapshot',
        channel,
        epoch: fields.text(),
        revision: fields.count(),
        value: read(fields.next()),
      })
    case 'c': {
      const from = fields.count()
      const to = count(from + fields.count())
      const ops = list(fields.next()).map((entry) => op(entry, read))
      if (from === to && ops.length > 0) throw malformed('its ops have no revision')
      return fields.last({ type: 'commit', channel, from, to, ops })
    }
    case 'ok':
      return fields.last({
        type: 'result',
        channel,
        id: fields.count(),
        revision: fields.count(),
        value: fields.atEnd() ? undefined : decode(fields.next(), downDepth),
      })
    case 'err':
      return fields.last({
        type: 'failure',
        channel,
        id: fields.count(),
        revision: fields.count(),
        error: { code: fields.text() as SyncErrorCode, message: fields.text() },
      })
    case 'pong':
      return fields.last({ type, channel, id: fields.count(), revision: fields.count() })
    case 'refused':
      return fields.last({ type, channel, error: { code: fields.text() as SyncErrorCode, message: fields.text() } })
    default:
      throw malformed('its type is unknown')
  }
}

/** The fields of a frame, taken one by one. */
class Fields {
  readonly channel: number
  readonly type: unknown
  readonly #fields: readonly unknown[]
  #at = 0

  constructor(text: string) {
    let json: unknown
    try {
      json = JSON.parse(text)
    } catch (cause) {
      throw new SyncError('bad-frame', 'This is not a frame: it is not JSON', { cause })
    }
    this.#fields = list(json)
    this.channel = this.count()
    this.type = this.next()
  }

  atEnd(): boolean {
    return this.#at >= this.#fields.length
  }

  next(): unknown {
    if (this.atEnd()) throw malformed('fields are missing')
    return this.#fields[this.#at++]
  }

  count(): number {
    return count(this.next())
  }

  text(): string {
    const value = this.next()
    if (typeof value !== 'string') throw malformed('a field should be a string')
    return value
  }

  /** `frame`, if all fields have been taken. */
  last<F>(frame: F): F {
    if (!this.atEnd()) throw malformed('it has more fields than its type')
    return frame
  }
}

function op(value: unknown, read: (value: unknown) => unknown): Op {
  const entry = list(value)
  const at = path(entry[1], downDepth)
  if (entry[0] === 's' && entry.length === 3) return { kind: 'set', path: at, value: read(entry[2]) }
  if (entry[0] === 'd' && entry.length === 2) return { kind: 'delete', path: at }
  if (entry[0] === 'a' && entry.length === 3 && typeof entry[2] === 'string')
    return { kind: 'append', path: at, chunk: entry[2] }
  if (entry[0] === 'x' && entry.length === 5) {
    return { kind: 'splice', path: at, index: count(entry[2]), remove: count(entry[3]), items: list(read(entry[4])) }
  }
  throw malformed('an op is of no known shape')
}

function path(value: unknown, depth: number): Path {
  const keys = list(value)
  if (keys.length > depth) throw new SyncError('too-deep', 'A path in a frame is too long')
  return keys.map((key) => decodeKey(key) as Key)
}

function checkLength(text: string, limit: number): void {
  if (text.length > limit)
    throw new SyncError('too-large', `A frame of ${text.length} characters is longer than the limit of ${limit}`)
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed('an array is missing')
  return value
}

function count(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw malformed('a field should be a whole number')
  return value as number
}

const same = (value: unknown): unknown => value

function malformed(why: string): SyncError {
  return new SyncError('bad-frame', `This is not a frame: ${why}`)
}
