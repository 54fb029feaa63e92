/**
 * Untrusted text to frames: the one place where what arrives is checked. What comes out has the shape that its type says;
 * whether a path leads anywhere and whether an index exists is for the document to tell.
 */
import type { Key, Op, Path } from '../document/types.ts'
import { SyncError, tooDeep, type SyncErrorCode } from '../error.ts'
import { decode, decodeKey } from './codec.ts'
import type { DownFrame, UpFrame, WireError } from './frames.ts'
import type { Limits } from './limits.ts'
import { malformed } from './malformed.ts'
import { protocolVersion } from './version.ts'

/** Deepest nesting that a source's own frames can have: the document's, and the few levels of a frame around it. */
const downDepth = 140

/** The values of a commit that is no longer are walked through sooner than its text is looked through, in UTF-16 code units. */
const shortLength = 1000

/**
 * One of these is in a text that has a tag or a reserved key, or an escape that may hide one. To look for them takes a tenth of
 * what parsing takes, at most a fifth, and a walk through a large state more. Up to six characters long, for those V8
 * looks for the first character with all that the machine has; a quote first is better than a letter, which is everywhere.
 */
const suspicious = ['~":', '\\u', '__"', '"proto', '"const']

/** @throws SyncError `bad-frame`, `too-large`, `too-deep` or `reserved-key`. */
export function parseUpFrame(text: string, limits: Pick<Limits, 'frameLength' | 'controlLength' | 'depth'>): UpFrame {
  checkLength(text, limits.frameLength)
  const fields = fieldsOf(text)
  const channel = count(fields[0])
  const type = fields[1]
  if (channel === 0) throw malformed()
  if (type !== 'call') checkLength(text, limits.controlLength)
  switch (type) {
    case 'hello':
      return readHello(channel, fields)
    case 'a':
      checkSize(fields, 3)
      return { type: 'ack', channel, revision: count(fields[2]) }
    case 'w':
    case 'u':
      checkSize(fields, 3)
      return { type: type === 'w' ? 'watch' : 'unwatch', channel, path: readPath(fields[2], limits.depth) }
    case 'call': {
      checkSize(fields, 4, 5)
      const argument = fields.length > 4 ? decode(fields[4], limits.depth) : undefined
      return { type, channel, id: count(fields[2]), name: readText(fields[3]), argument }
    }
    case 'ping':
      checkSize(fields, 3, 4)
      return { type, channel, id: count(fields[2]), report: isGiven(fields[3], 'report') }
    case 'bye':
      checkSize(fields, 2)
      return { type, channel }
    default:
      throw malformed()
  }
}

function readHello(channel: number, fields: readonly unknown[]): UpFrame {
  const type = 'hello'
  const version = count(fields[2])
  // What follows in another version is unknown; this much is the same in all.
  if (version !== protocolVersion) return { type, channel, version, store: '', known: undefined, replaces: 0 }
  const resumes = typeof fields[4] === 'string'
  const last = resumes ? 6 : 4
  checkSize(fields, last, last + 1)
  return {
    type,
    channel,
    version,
    store: readText(fields[3]),
    known: resumes ? { epoch: readText(fields[4]), revision: count(fields[5]) } : undefined,
    replaces: fields.length > last ? count(fields[last]) : 0,
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
  const channel = count(fields[0])
  const type = fields[1]
  const isPlain = (text.length > shortLength || type === 's') && !suspicious.some((word) => text.includes(word))
  const state = isPlain ? same : decodeState
  if (type === 'c') {
    checkSize(fields, 5, 6)
    const from = count(fields[2])
    const to = count(from + count(fields[3]))
    const ops = list(fields[4]).map((entry) => op(entry, state))
    if (from === to && ops.length > 0) throw malformed()
    return { type: 'commit', channel, from, to, ops, asks: isGiven(fields[5], 1) }
  }
  if (type === 's') {
    checkSize(fields, 5, 6)
    const epoch = readText(fields[2])
    const revision = count(fields[3])
    return {
      type: 'snapshot',
      channel,
      epoch,
      revision,
      value: isPlain ? fields[4] : decodeState(fields[4]),
      isPlain,
      asks: isGiven(fields[5], 1),
    }
  }
  if (type === 'refused') return { type, channel, error: readError(fields, 2) }
  const id = count(fields[2])
  const revision = count(fields[3])
  if (type === 'err') return { type, channel, id, revision, error: readError(fields, 4) }
  checkSize(fields, 4, 5)
  if (type !== 'ok' && type !== 'pong') throw malformed()
  return { type, channel, id, revision, value: decodeState(fields[4]) }
}

function fieldsOf(text: string): readonly unknown[] {
  try {
    return list(JSON.parse(text))
  } catch (cause) {
    throw malformed({ cause })
  }
}

function checkSize({ length }: readonly unknown[], least: number, most = least): void {
  if (length < least || length > most) throw malformed()
}

/** Whether an optional field is there, which can only be `word`. */
function isGiven(value: unknown, word: unknown): boolean {
  if (value !== undefined && value !== word) throw malformed()
  return value === word
}

function readText(value: unknown): string {
  if (typeof value !== 'string') throw malformed()
  return value
}

/** What ends a frame, from the field `at` on. */
function readError(fields: readonly unknown[], at: number): WireError {
  checkSize(fields, at + 2)
  return { code: readText(fields[at]) as SyncErrorCode, message: readText(fields[at + 1]) }
}

function op(value: unknown, state: (value: unknown) => unknown): Op {
  const fields = list(value)
  const path = readPath(fields[1], downDepth)
  switch (fields[0]) {
    case 'a':
      checkSize(fields, 3)
      return { kind: 'append', path, chunk: readText(fields[2]) }
    case 's':
      checkSize(fields, 3)
      return { kind: 'set', path, value: state(fields[2]) }
    case 'd':
      checkSize(fields, 2)
      return { kind: 'delete', path }
    case 'x':
      checkSize(fields, 5)
      return { kind: 'splice', path, index: count(fields[2]), remove: count(fields[3]), items: list(state(fields[4])) }
    default:
      throw malformed()
  }
}

function readPath(value: unknown, depth: number): Path {
  const keys = list(value)
  if (keys.length > depth) throw tooDeep()
  return keys.map(decodeKey) as Key[]
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
