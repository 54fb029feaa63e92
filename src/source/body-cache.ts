import type { Op } from '../document/types.ts'
import { isPlainKey } from '../protocol/codec.ts'
import { isPlain } from '../protocol/plain.ts'
import { snapshotBody, type Body } from '../protocol/wire.ts'

/** What sessions share of the encoding of their frames. */
export class BodyCache {
  /** By the revision that they begin at. */
  #bodies: Map<number | undefined, Body> | undefined
  /** Whether all of the state is known to need no tags. Looking at it takes half as long as writing it down. */
  #isPlain = false

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
    if (this.#isPlain) this.#isPlain = ops.every(isPlainOp)
  }

  /** What leads from `since` to now. */
  get(since: number | undefined, encode: () => Body): Body {
    const body = this.#bodies?.get(since) ?? encode()
    this.#bodies?.set(since, body)
    return body
  }

  /** The whole state, at a revision. */
  snapshot(epoch: string, revision: number, state: unknown): Body {
    this.#isPlain ||= isPlain(state)
    return snapshotBody(epoch, revision, state, this.#isPlain)
  }
}

function isPlainOp(op: Op): boolean {
  if (op.kind === 'append' || op.kind === 'delete') return true
  if (op.kind === 'splice') return isPlain(op.items)
  const key = op.path.at(-1)
  return isPlain(op.value) && (typeof key !== 'string' || isPlainKey(key))
}
