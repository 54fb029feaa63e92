/** A document that is also changed by drafts: what a source holds. */
import { SyncError } from '../error.ts'
import { development } from './development.ts'
import { diff } from './diff.ts'
import { warnOfWrites } from './outside-bytes.ts'
import { misfit } from './apply.ts'
import { Recorder } from './recorder.ts'
import { ReplicaDocument } from './replica-document.ts'
import { copyIn } from './storable.ts'
import { Transaction } from './transaction.ts'
import { isContainer, knownSnapshot, partAt, privateSnapshot, putPart, setSnapshot, type Container } from './tree.ts'
import type { Op, Path } from './types.ts'

export class Document extends ReplicaDocument {
  protected override readonly edits: Transaction = new Transaction()
  #updating = false

  /** @param initial a value that only this document can reach from now on. */
  constructor(initial: Container, onError: (error: unknown) => void) {
    super(() => initial, onError)
    // Whoever passes what cannot be a state is to hear of it here.
    void this.live
  }

  /** Calls `run` with what is at `path`, now and after each change of it. */
  subscribe(path: Path, run: (value: unknown) => void, invalidate?: () => void): () => void {
    return this.at(path).subscribe(run, invalidate)
  }

  /** Whether there is any listener. */
  get isFollowed(): boolean {
    const { listeners, children } = this.listeners.root
    return listeners.size + children.size > 0
  }

  override get live(): unknown {
    this.#checkIdle('Inside update() the state is read from the draft')
    return super.live
  }

  override get(path: Path): unknown {
    this.#checkIdle('Inside update() the state is read from the draft')
    return super.get(path)
  }

  override apply(ops: readonly Op[]): void {
    this.#checkIdle('Inside update() the state is changed through the draft')
    super.apply(ops)
  }

  /** Applies an append, as `apply` does. Streams come here for each token, and what they lead through is owned after the first. */
  append(op: Op & { kind: 'append' }): void {
    this.#checkIdle('Inside update() the state is changed through the draft')
    const way: Container[] = []
    let part: unknown = this.root.tree
    for (const key of op.path) {
      // Whatever is not as it is in mid-stream is for others to do, or to refuse.
      if (!isContainer(part) || part instanceof Set || knownSnapshot(part) === undefined) return this.apply([op])
      way.push(part)
      part = partAt(part, key)
    }
    if (typeof part !== 'string' || way.length === 0) return this.apply([op])
    for (const container of way) setSnapshot(container, null)
    putPart(way[way.length - 1] as Container, op.path[op.path.length - 1], part + op.chunk)
  }

  /** @throws SyncError `bad-path` unless there is a text at `path` that can be appended to. */
  checkText(path: Path): void {
    this.#checkIdle('Inside update() the state is changed through the draft')
    let part: unknown = this.root.tree
    for (const key of path) part = isContainer(part) && !(part instanceof Set) ? partAt(part, key) : undefined
    if (typeof part !== 'string') throw misfit(path)
  }

  /** The immutable snapshot of the state, with bytes that nobody else gets. */
  copy(): unknown {
    return privateSnapshot(this.live)
  }

  /** Makes the state deep-equal to `next`, and returns the ops of that. Listeners are not told yet. */
  replace(next: Container): Op[] {
    const ops = diff(this.live as Container, next, []) ?? [{ kind: 'set', path: [], value: next }]
    this.apply(ops)
    return ops
  }

  /**
   * Runs `fn` with a draft and returns the ops of what it did, and what it returned. All or nothing: where it throws, the
   * state is as it was. Listeners are not told yet.
   */
  update<R>(fn: (draft: unknown) => R): { ops: Op[]; result: R } {
    if (this.#updating) throw badUpdate('An update() inside an update(): use its draft, or wait for its end')
    this.#updating = true
    const recorder = new Recorder(this.root, this.edits)
    try {
      const result = fn(recorder.root.draft)
      if (typeof (result as { then?: unknown } | null | undefined)?.then === 'function') {
        // What it will fail with, when it comes to use its draft, is only what is said here.
        void Promise.resolve(result).catch(() => undefined)
        throw badUpdate('The function given to update() has to be synchronous: await first, then update')
      }
      return { ops: recorder.commit(), result }
    } catch (error) {
      recorder.rollback()
      throw error
    } finally {
      this.#updating = false
      if (development) warnOfWrites()
    }
  }

  #checkIdle(message: string): void {
    if (this.#updating) throw badUpdate(message)
  }
}

function badUpdate(message: string): SyncError {
  return new SyncError('bad-update', message)
}

/** @throws SyncError `not-storable` unless `state` is an object, array, `Map` or `Set` of storable values. */
export function copyState(state: unknown): Container {
  const copy = copyIn(state, [])
  if (isContainer(copy)) return copy
  throw new SyncError('not-storable', 'The state has to be an object, an array, a Map or a Set', { path: [] })
}
