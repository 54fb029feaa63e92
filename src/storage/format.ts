/**
 * The two sorts of files, as bytes. Both are UTF-8 text that people can read and whose every part carries a checksum.
 *
 *     lockstep snapshot 1 <number of the generation> <id> <id of the generation before>
 *     <the text>
 *     <its length in bytes> <checksum>
 *
 *     lockstep journal 1 <number of the generation> <id> <id of the generation before> <checksum>
 *     <number> <length in bytes> <checksum>
 *     <the text>
 *     ...
 *
 * The id is random and in every checksum, and so is a record's number: what stems from another generation, another copy of
 * the folder or another place in the journal is recognized as not belonging there.
 */
import { createHash, randomBytes, type Hash } from 'node:crypto'
import { Buffer } from 'node:buffer'

/** Which generation a file belongs to. */
export interface Identity {
  /** As in the file's name. */
  readonly number: number
  readonly id: string
  /** The id of the generation before; `-`: there was none. */
  readonly previous: string
}

export function newIdentity(number: number, previous: string | undefined): Identity {
  return { number, id: randomBytes(9).toString('base64url'), previous: previous ?? '-' }
}

function checksum(hash: Hash): string {
  return hash.digest('base64url').slice(0, 22)
}

/** Makes a snapshot's bytes: `header`, what `add` returns, `trailer`. */
export class SnapshotFormat {
  readonly header: Buffer
  readonly #hash = createHash('sha256')
  #length = 0

  constructor({ number, id, previous }: Identity) {
    this.header = Buffer.from(`lockstep snapshot 1 ${number} ${id} ${previous}\n`)
    this.#hash.update(this.header)
  }

  add(piece: string): Buffer {
    const bytes = Buffer.from(piece)
    this.#hash.update(bytes)
    this.#length += bytes.length
    return bytes
  }

  get trailer(): Buffer {
    return Buffer.from(`\n${this.#length} ${checksum(this.#hash)}\n`)
  }
}

/** @returns `undefined` if that is not what was written. */
export function parseSnapshot(bytes: Buffer): (Identity & { readonly text: string }) | undefined {
  const headerEnd = bytes.indexOf(10) + 1
  const header = /^lockstep snapshot 1 (\d{1,15}) ([\w-]{12}) ([\w-]{12}|-)\n$/.exec(
    bytes.toString('latin1', 0, headerEnd),
  )
  // The line feed before the last.
  const textEnd = bytes.lastIndexOf(10, -2)
  if (header === null || textEnd < headerEnd) return undefined
  const trailer = /^\n(\d{1,12}) ([\w-]{22})\n$/.exec(bytes.toString('latin1', textEnd))
  if (trailer === null || Number(trailer[1]) !== textEnd - headerEnd) return undefined
  if (checksum(createHash('sha256').update(bytes.subarray(0, textEnd))) !== trailer[2]) return undefined
  return { ...identityIn(header), text: bytes.toString('utf8', headerEnd, textEnd) }
}

function identityIn([, number, id, previous]: RegExpExecArray): Identity {
  return { number: Number(number), id: id as string, previous: previous as string }
}

export function journalHeader({ number, id, previous }: Identity): Buffer {
  const header = `lockstep journal 1 ${number} ${id} ${previous}`
  return Buffer.from(`${header} ${checksum(createHash('sha256').update(header))}\n`)
}

export function journalRecord(id: string, number: number, payload: readonly Buffer[]): Buffer {
  const length = payload.reduce((sum, bytes) => sum + bytes.length, 0)
  return Buffer.concat([
    Buffer.from(`${number} ${length} ${recordChecksum(id, number, payload)}\n`),
    ...payload,
    Buffer.from('\n'),
  ])
}

function recordChecksum(id: string, number: number, payload: readonly Uint8Array[]): string {
  const hash = createHash('sha256').update(`${id} ${number}\n`)
  for (const bytes of payload) hash.update(bytes)
  return checksum(hash)
}

export interface ParsedJournal extends Identity {
  /** The records from the first on that are what was written. */
  readonly records: readonly string[]
  /** How many bytes they and the header take. */
  readonly length: number
  /** What is behind them: nothing, the beginning of one more record, or something that nobody wrote. */
  readonly rest: 'nothing' | 'unfinished' | 'damaged'
  /** Intact records behind that. */
  readonly stranded: readonly string[]
}

/** @returns `unfinished` for the beginning of a journal without any record, `undefined` for what was never one. */
export function parseJournal(bytes: Buffer): ParsedJournal | 'unfinished' | undefined {
  const headerEnd = bytes.indexOf(10) + 1
  if (headerEnd === 0) return isBeginningOfHeader(bytes) ? 'unfinished' : undefined
  const line = bytes.toString('latin1', 0, headerEnd)
  const header = /^lockstep journal 1 (\d{1,15}) ([\w-]{12}) ([\w-]{12}|-) [\w-]{22}\n$/.exec(line)
  if (header === null) return undefined
  const identity = identityIn(header)
  if (!journalHeader(identity).equals(bytes.subarray(0, headerEnd))) return undefined
  const records: string[] = []
  let at = headerEnd
  for (;;) {
    const record = recordAt(bytes, at, identity.id)
    if (record?.number !== records.length) break
    records.push(record.text)
    at = record.end
  }
  const stranded = strandedRecords(bytes, at, identity.id, records.length)
  const rest = stranded.length > 0 ? 'damaged' : restAt(bytes, at)
  return { ...identity, records, length: at, rest, stranded }
}

interface RecordAt {
  readonly number: number
  readonly text: string
  readonly end: number
}

const recordHeader = /^(\d{1,9}) (\d{1,9}) ([\w-]{22})\n/
const longestRecordHeader = 9 + 1 + 9 + 1 + 22 + 1

function recordAt(bytes: Buffer, at: number, id: string): RecordAt | undefined {
  const header = recordHeader.exec(bytes.toString('latin1', at, at + longestRecordHeader))
  if (header === null) return undefined
  const number = Number(header[1])
  const start = at + header[0].length
  const end = start + Number(header[2])
  if (end >= bytes.length || bytes[end] !== 10) return undefined
  const payload = bytes.subarray(start, end)
  if (recordChecksum(id, number, [payload]) !== header[3]) return undefined
  return { number, text: payload.toString('utf8'), end: end + 1 }
}

/** Looks at every line whether a record begins there. */
function strandedRecords(bytes: Buffer, from: number, id: string, count: number): string[] {
  const stranded: string[] = []
  let next = count
  for (let at = from; at < bytes.length;) {
    const record = recordAt(bytes, at, id)
    if (record !== undefined && record.number >= next) {
      stranded.push(record.text)
      next = record.number + 1
      at = record.end
    } else {
      const end = bytes.indexOf(10, at)
      at = end === -1 ? bytes.length : end + 1
    }
  }
  return stranded
}

/**
 * A process that is killed leaves the beginning of what it was writing. Its text is JSON, which has no line feeds, so a
 * line feed at the end means that the record is complete, and wrong.
 */
function restAt(bytes: Buffer, at: number): ParsedJournal['rest'] {
  if (at === bytes.length) return 'nothing'
  const rest = bytes.toString('latin1', at, at + longestRecordHeader)
  const header = recordHeader.exec(rest)
  if (header === null) return /^\d{1,9}(?: (?:\d{1,9}(?: [\w-]{0,22})?)?)?$/.test(rest) ? 'unfinished' : 'damaged'
  const start = at + header[0].length
  if (bytes.length - start > Number(header[2])) return 'damaged'
  return bytes.length > start && bytes[bytes.length - 1] === 10 ? 'damaged' : 'unfinished'
}

function isBeginningOfHeader(bytes: Buffer): boolean {
  const text = bytes.toString('latin1', 0, 100)
  const fixed = 'lockstep journal 1 '
  if (text.length <= fixed.length) return fixed.startsWith(text)
  return (
    text.startsWith(fixed) &&
    /^\d{1,15}(?: (?:[\w-]{1,12}(?: (?:[\w-]{1,12}(?: [\w-]{0,22})?)?)?)?)?$/.test(text.slice(fixed.length))
  )
}
