import type { Op } from '../document/types.ts'
import { isPlainKey } from '../protocol/codec.ts'
import { isPlain } from '../protocol/plain.ts'
import { snapshotBody, textOf, type Body } from '../protocol/wire.ts'

/** So many commits are remembered at the most. */
const maxChanges = 1000

/** What sessions share of the encoding of their frames. */
export class BodyCache {
  /** By the revision that they begin at. */
  #bodies: Map<number | undefined, Body> | undefined
  /**
   * What has changed since all of the state was found to need no tags; to look at it takes half as long as to write it down.
   * `undefined`: it has not been found so, or much has changed.
   */
  #sincePlain: (readonly Op[])[] | undefined

  /** Sessions that are in step send within `run`, and share their frames. They are not kept for longer: one may be a snapshot. */
  shareDuring(run: () => void): void {
    this.#bodies = new Map()
    try {
      run()
    } finally {
      this.#bodies = undefined
    }
  }

  /** Takes note of what changes the state. */
  published(ops: readonly Op[]): void {
    this.#bodies?.clear()
    if (this.#sincePlain === undefined) return
    if (this.#sincePlain.push(ops) > maxChanges) this.#sincePlain = undefined
  }

  /** What leads from `since` to now. */
  get(since: number | undefined, encode: () => Body): Body {
    if (this.#bodies === undefined) return encode()
    const body = this.#bodies.get(since) ?? textOf(encode())
    this.#bodies.set(since, body)
    return body
  }

  /** The whole state, at a revision. */
  snapshot(epoch: string, revision: number, state: unknown): Body {
    const plain = this.#sincePlain?.every((ops) => ops.every(isPlainOp)) ?? isPlain(state)
    this.#sincePlain = plain ? [] : undefined
    return snapshotBody(epoch, revision, state, plain)
  }
}

function isPlainOp(op: Op): boolean {
  if (op.kind === 'append' || op.kind === 'delete') return true
  if (op.kind === 'splice') return isPlain(op.items)
  const key = op.path.at(-1)
  return isPlain(op.value) && (typeof key !== 'string' || isPlainKey(key))
}
