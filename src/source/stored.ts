/**
 * What a source stores, as texts: a header, a tab, and the frame that a replica would get. A snapshot is
 *
 *     {"format":1,"store":"tabs","version":2,"at":1790000000000,"streams":[["byId","t1","response"]]}<tab>[0,"s","",7,<state>]
 *
 * and a record of the journal, which repeats of the header only what has changed, `{"at":1790000000500}<tab>[0,"c",7,2,<ops>]`.
 */
import { Document } from '../document/document.ts'
import { isContainer } from '../document/tree.ts'
import type { Op, Path } from '../document/types.ts'
import { SyncError, reportUncaught } from '../error.ts'
import { decode, encode } from '../protocol/codec.ts'
import { parseDownFrame } from '../protocol/parse.ts'
import type { Stored } from '../storage/storage.ts'
import { slices } from './slices.ts'

/** Of the texts; older ones are read for ever. */
const format = 1

/** What is stored besides the state. */
export interface StoredMeta {
  /** Of the definition. */
  readonly version: number
  /** When, in ms since 1970. */
  readonly at: number
  /** The texts that had an open writer. */
  readonly streams: readonly Path[]
}

export function* snapshotText(store: string, meta: StoredMeta, revision: number, state: unknown): Generator<string> {
  const { version, at } = meta
  yield `${JSON.stringify({ format, store, version, at, streams: encode(meta.streams) })}\t[0,"s","",${revision},`
  yield* slices(state)
  yield ']'
}

/** @param meta `streams` only if they have changed. */
export function* recordText(
  meta: { readonly at: number; readonly streams?: readonly Path[] | undefined },
  from: number,
  to: number,
  ops: readonly Op[],
): Generator<string> {
  const { at, streams } = meta
  yield `${JSON.stringify({ at, streams: streams && encode(streams) })}\t[0,"c",${from},${to - from},`
  yield* slices(ops.map(opFields))
  yield ']'
}

function opFields(op: Op): readonly unknown[] {
  switch (op.kind) {
    case 'set':
      return ['s', op.path, op.value]
    case 'delete':
      return ['d', op.path]
    case 'append':
      return ['a', op.path, op.chunk]
    case 'splice':
      return ['x', op.path, op.index, op.remove, op.items]
  }
}

/** A state that was stored, at the last record that could be read. */
export interface Restored extends StoredMeta {
  readonly state: unknown
  readonly revision: number
  /** How many records lead there. */
  readonly taken: number
}

/**
 * Reads a snapshot and the records after it, as far as they continue it.
 *
 * @returns `undefined` if the snapshot is none.
 * @throws SyncError `newer-version` if a newer version of the library wrote it, so that nothing can be said about it.
 */
export function restore(store: string, { snapshot, records }: Stored): Restored | undefined {
  const start = attempt(() => parseSnapshot(store, snapshot))
  if (start === undefined) return undefined
  const { document, version } = start
  let { at, streams, revision } = start
  let taken = 0
  for (const record of records) {
    const next = attempt(() => parseRecord(record))
    if (next?.from !== revision) break
    if (attempt(() => (document.apply(next.ops), true)) === undefined) break
    revision = next.to
    at = next.at
    streams = next.streams ?? streams
    taken++
  }
  return { state: document.get([]), revision, version, at, streams, taken }
}

/** When a record was written and up to where it led; of an intact one that could not be used. */
export function describeRecord(record: string): { readonly at: number; readonly to: number } | undefined {
  return attempt(() => parseRecord(record))
}

type Fields = Readonly<Record<string, unknown>>

function parseSnapshot(
  store: string,
  text: string,
): (StoredMeta & { readonly document: Document; readonly revision: number }) | undefined {
  const [header, rest] = split(text)
  if (typeof header['format'] === 'number' && header['format'] > format) {
    throw new SyncError('newer-version', `The store "${store}" was saved by a newer version of lockstep`)
  }
  const { version, at } = header
  if (header['format'] !== format || header['store'] !== store || !isCount(version) || !isCount(at)) return undefined
  const streams = parseStreams(header)
  const frame = parseDownFrame(rest)
  if (streams === undefined || frame.type !== 'snapshot' || !isContainer(frame.value)) return undefined
  return { version, at, streams, revision: frame.revision, document: new Document(frame.value, reportUncaught) }
}

function parseRecord(text: string):
  | {
      readonly at: number
      readonly streams: readonly Path[] | undefined
      readonly from: number
      readonly to: number
      readonly ops: readonly Op[]
    }
  | undefined {
  const [header, rest] = split(text)
  const { at } = header
  const streams = parseStreams(header)
  const frame = parseDownFrame(rest)
  if (!isCount(at) || frame.type !== 'commit' || (streams === undefined && 'streams' in header)) return undefined
  return { at, streams, from: frame.from, to: frame.to, ops: frame.ops }
}

function split(text: string): [Fields, string] {
  const tab = text.indexOf('\t')
  const header: unknown = JSON.parse(text.slice(0, Math.max(0, tab)))
  return [typeof header === 'object' && header !== null ? (header as Fields) : {}, text.slice(tab + 1)]
}

function parseStreams({ streams }: Fields): readonly Path[] | undefined {
  const paths = decode(streams, 4)
  if (!Array.isArray(paths)) return undefined
  const isPath = (path: unknown): path is Path => Array.isArray(path) && !path.some((key) => isContainer(key))
  return paths.every(isPath) ? paths : undefined
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** Damaged text fails in many ways; what it means for the caller is always the same. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    if (error instanceof SyncError && error.code === 'newer-version') throw error
    return undefined
  }
}
