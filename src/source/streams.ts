/**
 * The texts that are being written. Of the first piece everybody is told that there is something; it and those that follow
 * are only gathered until somebody looks at the state or at the log, and nobody can tell. So most pieces cost what adding
 * two texts costs.
 */
import { pathKey } from '../document/path.ts'
import type { Op, Path } from '../document/types.ts'
import { flatten } from './flatten.ts'
import { createWriter, type Writer } from './writer.ts'

/** Pieces are gathered up to this length, in UTF-16 code units: V8 keeps some 90 bytes for each until it is settled. */
const gatheredLength = 4096

/** What streams need of their source. */
export interface StreamHost {
  now(): number
  /** Whether the listeners of this process have to be told of each piece, one by one. */
  readonly isFollowed: boolean
  /** @throws SyncError if that cannot be now. */
  append(path: Path, piece: string): void
  /** @throws SyncError if there can be no append now. */
  checkText(path: Path): void
  /** Tells everybody that there is an append; it is `now`. */
  announce(op: Append, now: number): void
  /** Appends what `pieces` commits have added to a text, the first of them at `at`, in the clock's ms. */
  settled(op: Append, pieces: number, at: number): void
  /** There is a stream more, or one less, which has to be sent at once. */
  streamsChanged(ended: boolean): void
}

export type Append = Op & { readonly kind: 'append' }

interface Stream {
  readonly path: Path
  writers: number
  /** What nobody has looked for yet. */
  gathered: string
  /** Of which it is made; 0: everything is settled. */
  pieces: number
  /** When the first of them came. The clock is not read for each: where it has not been for a while, that costs more than all the rest. */
  at: number
}

export class Streams {
  readonly #host: StreamHost
  /** By path: of several writers of one text, too, the pieces are in order. */
  readonly #streams = new Map<string, Stream>()
  readonly #gathering: Stream[] = []

  constructor(host: StreamHost) {
    this.#host = host
  }

  get paths(): Path[] {
    return Array.from(this.#streams.values(), ({ path }) => path)
  }

  /** @param path where there is a text. */
  open(path: Path): Writer {
    const key = pathKey(path)
    const stream = this.#streams.get(key) ?? { path, writers: 0, gathered: '', pieces: 0, at: 0 }
    this.#streams.set(key, stream)
    stream.writers++
    this.#host.streamsChanged(false)
    return createWriter(
      path,
      (piece) => {
        this.#append(stream, piece)
      },
      () => {
        if (--stream.writers === 0) this.#streams.delete(key)
        this.#host.streamsChanged(true)
      },
    )
  }

  /** To be called before anybody reads the state or the log, or changes anything. */
  settle(): void {
    // One by one: should a text have grown too long for an engine, the others are not lost with it.
    for (let stream = this.#gathering.pop(); stream !== undefined; stream = this.#gathering.pop()) {
      const { path, gathered: chunk, pieces, at } = stream
      stream.gathered = ''
      stream.pieces = 0
      flatten(chunk)
      this.#host.settled({ kind: 'append', path, chunk }, pieces, at)
    }
  }

  #append(stream: Stream, piece: string): void {
    const { path } = stream
    const isFirst = stream.pieces === 0
    if (isFirst) {
      if (this.#host.isFollowed) return this.#host.append(path, piece)
      this.#host.checkText(path)
      this.#gathering.push(stream)
      stream.at = this.#host.now()
    }
    stream.gathered += piece
    stream.pieces++
    if (isFirst) this.#host.announce({ kind: 'append', path, chunk: piece }, stream.at)
    if (stream.gathered.length > gatheredLength) this.settle()
  }
}
