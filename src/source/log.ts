/**
 * The commits of one store, in order. Sessions hold no queues of their own, only a revision in here up to which they have
 * been sent everything. The log is bounded: when it grows too long it first compacts what lies between the revisions that
 * somebody may ask from, and then forgets the oldest.
 */
import { compact } from '../document/compact.ts'
import type { Op } from '../document/types.ts'
import { flatten } from './flatten.ts'

/** What turned the state at `from` into the state at `to`: one commit, or several compacted. */
interface Entry {
  readonly from: number
  readonly to: number
  readonly ops: readonly Op[]
}

export class Log {
  #entries: Entry[] = []
  #length = 0
  #revision = 0
  readonly #maxLength: number

  /** @param maxLength how many ops are kept at the most. */
  constructor(maxLength: number) {
    this.#maxLength = maxLength
  }

  /** How many commits there have been. */
  get revision(): number {
    return this.#revision
  }

  /** How many ops are kept. */
  get length(): number {
    return this.#length
  }

  /**
   * Adds a commit.
   *
   * @param revisionsInUse asked when the log has to be shortened: where commits must not be merged across.
   * @param commits how many these were.
   */
  append(ops: readonly Op[], revisionsInUse: () => Iterable<number>, commits = 1): void {
    const from = this.#revision
    this.#revision += commits
    this.#entries.push({ from, to: this.#revision, ops })
    this.#length += ops.length
    if (this.#length > this.#maxLength) this.#shorten(revisionsInUse())
  }

  /** The compacted ops from `revision` to now, or `undefined` if the log does not reach back to there. */
  since(revision: number): Op[] | undefined {
    if (revision === this.#revision) return []
    const last = this.#entries[this.#entries.length - 1]
    // A follower that is in step lacks one commit; to look for its place would lead far into the log.
    if (last?.from === revision) return compact(last.ops)
    const start = this.#find(revision)
    return start === undefined ? undefined : compact(this.#entries.slice(start).flatMap((entry) => entry.ops))
  }

  #find(from: number): number | undefined {
    let low = 0
    let high = this.#entries.length - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      const entry = this.#entries[middle] as Entry
      if (entry.from === from) return middle
      if (entry.from < from) low = middle + 1
      else high = middle - 1
    }
    return undefined
  }

  #shorten(revisionsInUse: Iterable<number>): void {
    const inUse = new Set(revisionsInUse)
    const entries: Entry[] = []
    let run: Entry[] = []
    for (const entry of this.#entries) {
      if (run.length > 0 && inUse.has(entry.from)) {
        entries.push(mergeRun(run))
        run = []
      }
      run.push(entry)
    }
    entries.push(mergeRun(run))
    this.#length = entries.reduce((sum, entry) => sum + entry.ops.length, 0)
    // Half of it, so that the next shortening is a long way off.
    let forgotten = 0
    for (const { ops } of entries) {
      if (this.#length <= this.#maxLength / 2) break
      this.#length -= ops.length
      forgotten++
    }
    this.#entries = entries.slice(forgotten)
  }
}

function mergeRun(run: readonly Entry[]): Entry {
  const first = run[0] as Entry
  const last = run[run.length - 1] as Entry
  if (run.length === 1) return first
  const ops = compact(run.flatMap((entry) => entry.ops))
  for (const op of ops) if (op.kind === 'append') flatten(op.chunk)
  return { from: first.from, to: last.to, ops }
}
