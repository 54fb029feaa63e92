/** A state tree: changed in place, read as immutable snapshots, followed by path. Sources and replicas both hold one. */
import { SyncError } from '../error.ts'
import { applyOp, runUndo, type Root, type Undo } from './apply.ts'
import { diff } from './diff.ts'
import { Listeners, type Listener } from './listeners.ts'
import { Recorder } from './recorder.ts'
import { copyIn } from './storable.ts'
import { isContainer, partAt, snapshot, type Container } from './tree.ts'
import type { Op, Path, Readable } from './types.ts'

export class Document {
  readonly #root: Root
  readonly #listeners = new Listeners()
  readonly #onError: (error: unknown) => void
  readonly #unnotified: (readonly Op[])[] = []
  #updating = false

  /**
   * @param initial a value that only this document can reach from now on: copied in, or parsed.
   * @param onError gets what a listener throws.
   */
  constructor(initial: Container, onError: (error: unknown) => void) {
    this.#root = { tree: initial }
    this.#onError = onError
  }

  /** The live tree itself, to be encoded at once and to be changed by nobody. */
  get live(): unknown {
    return this.#root.tree
  }

  /** The immutable snapshot of what is at `path`; `undefined` where nothing is. */
  get(path: Path): unknown {
    if (this.#updating) throw new SyncError('bad-update', 'Inside update() the state is read from the draft')
    let value: unknown = this.#root.tree
    for (const key of path) {
      if (!isContainer(value)) return undefined
      value = partAt(value, key)
    }
    return snapshot(value)
  }

  /**
   * Runs `fn` with a draft and returns the ops of what it did, and what it returned. All or nothing: where it throws, the
   * state is as it was. Listeners are not told yet.
   */
  update<R>(fn: (draft: unknown) => R): { ops: Op[]; result: R } {
    if (this.#updating) throw new SyncError('bad-update', 'An update() inside an update(): use its draft, or wait for its end')
    this.#updating = true
    const recorder = new Recorder(this.#root)
    try {
      const result = fn(recorder.root.draft)
      if (typeof (result as { then?: unknown } | null | undefined)?.then === 'function') {
        throw new SyncError('bad-update', 'The function given to update() has to be synchronous: await first, then update')
      }
      return { ops: recorder.commit(), result }
    } catch (error) {
      recorder.rollback()
      throw error
    } finally {
      this.#updating = false
    }
  }

  /** Applies ops from elsewhere, all or none. Their values become part of the state. Listeners are not told yet. */
  apply(ops: readonly Op[]): void {
    if (this.#updating) throw new SyncError('bad-update', 'The state cannot be changed from inside an update() but by its draft')
    const undo: Undo = []
    try {
      for (const op of ops) applyOp(this.#root, op, undo)
    } catch (error) {
      runUndo(undo)
      throw error
    }
  }

  /** Makes the state deep-equal to `next`, a value as given to the constructor; what is equal keeps its identity. */
  replace(next: Container): Op[] {
    const ops = diff(this.get([]), next, []) ?? [{ kind: 'set', path: [], value: next }]
    this.apply(ops)
    return ops
  }

  /** Calls `run` after each change of what is at `path`. */
  subscribe(path: Path, run: (value: unknown) => void): () => void {
    const listener: Listener = { path, value: this.get(path), run, state: 'idle' }
    this.#listeners.add(listener)
    this.#run(listener)
    return () => {
      this.#listeners.remove(listener)
    }
  }

  /** What is at `path`, now and from now on. */
  at(path: Path): Readable<unknown> {
    return { get: () => this.get(path), subscribe: (run) => this.subscribe(path, run) }
  }

  /**
   * Tells the listeners that `ops` concern, each once; one that throws does not stop the others. Called by a listener
   * that has changed the state, it tells of that change when the listeners of the one before have been told.
   */
  notify(ops: readonly Op[]): void {
    this.#unnotified.push(ops)
    if (this.#unnotified.length > 1) return
    for (let next = this.#unnotified[0]; next !== undefined; next = this.#unnotified[0]) {
      for (const listener of this.#listeners.concerned(next)) this.#tell(listener)
      this.#unnotified.shift()
    }
  }

  #tell(listener: Listener): void {
    if (listener.state === 'ended') return
    const value = this.get(listener.path)
    if (Object.is(value, listener.value)) return
    listener.value = value
    this.#run(listener)
  }

  #run(listener: Listener): void {
    try {
      listener.run(listener.value)
    } catch (error) {
      this.#onError(error)
    }
  }
}

/** @throws SyncError `not-storable` unless `state` is an object, array, `Map` or `Set` of storable values. */
export function copyState(state: unknown): Container {
  const copy = copyIn(state, [])
  if (isContainer(copy)) return copy
  throw new SyncError('not-storable', 'The state has to be an object, an array, a Map or a Set', { path: [] })
}
