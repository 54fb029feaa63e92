/**
 * A state tree: changed in place by ops, read as immutable snapshots, followed by path. This is all that a replica needs;
 * `Document` adds the drafts.
 */
import { adopt } from './adopt.ts'
import { applyOp, type Root } from './apply.ts'
import { development } from './development.ts'
import { Listeners, type Listener } from './listeners.ts'
import { reconcile } from './reconcile.ts'
import { Edits } from './edits.ts'
import { isContainer, partAt, snapshot, toLive, type Container } from './tree.ts'
import type { Op, Path, Readable } from './types.ts'

export class ReplicaDocument {
  // What follows is made when it is needed: a window that starts need not wait for it.
  protected edits: Edits | undefined
  #listeners: Listeners | undefined
  readonly #initial: () => Container
  #root: Root | undefined
  readonly #onError: (error: unknown) => void
  /** Whom the changes concern that are being told. */
  readonly #unnotified: Listener[][] = []

  /**
   * @param initial gives a value that only this document can reach from then on: copied in, or parsed. It is called when
   * somebody looks, or when what is installed is to be checked: a window that waits for that has no use for it.
   * @param onError gets what a listener throws.
   */
  constructor(initial: () => Container, onError: (error: unknown) => void) {
    this.#initial = initial
    this.#onError = onError
  }

  protected get root(): Root {
    return (this.#root ??= { tree: toLive(adopt(this.#initial(), [])) as Container })
  }

  get listeners(): Listeners {
    return (this.#listeners ??= new Listeners())
  }

  /** The live tree itself, to be encoded at once and to be changed by nobody. */
  get live(): unknown {
    return this.root.tree
  }

  /** The immutable snapshot of what is at `path`; `undefined` where nothing is. */
  get(path: Path): unknown {
    let value: unknown = this.root.tree
    for (const key of path) {
      if (!isContainer(value)) return undefined
      value = partAt(value, key)
    }
    return snapshot(value)
  }

  /** Applies ops from elsewhere, all or none. Their values become part of the state. Listeners are not told yet. */
  apply(ops: readonly Op[]): void {
    const edits = (this.edits ??= new Edits())
    try {
      for (const op of ops) applyOp(this.root, op, edits)
      edits.commit()
    } catch (error) {
      edits.rollback()
      throw error
    }
  }

  /**
   * Makes the state deep-equal to `next`, a value as given to the constructor; what is equal keeps its identity. Tells
   * the listeners.
   *
   * @param isPlain whether it is known that there are no reserved keys in it, and nothing but what JSON can say.
   */
  install(next: unknown, isPlain?: boolean): void {
    const value = this.#root ? reconcile(this.get([]), next) : next
    const ops: Op[] = [{ kind: 'set', path: [], value }]
    // A window that opens gets all of a large state: it is not looked through when that has been done.
    if (isPlain && !development && isContainer(value)) this.#root = { tree: value }
    else this.apply(ops)
    this.notify(ops)
  }

  /**
   * Calls `run` with what `read` makes of what is at `path`, now and after each change of that. `added` is given where all that
   * happened since it was called last is that the text has grown by it: to find that out by looking would cost what the whole
   * text is long.
   */
  follow(path: Path, run: Listener['run'], invalidate?: () => void, read: Listener['read'] = same): () => void {
    // Who cannot be told anything is told so, and does not listen.
    this.get(path)
    // What is no part of any state: it is told at once.
    const listener: Listener = { path, value: run, read, run, invalidate, added: undefined, state: 'idle' }
    this.listeners.add(listener)
    this.#tell(listener)
    return () => {
      this.listeners.remove(listener)
    }
  }

  /** What `read` makes of what is at `path`, now and from now on. */
  at<T = unknown>(path: Path, read: (value: unknown) => T = same as (value: unknown) => T): Readable<T> {
    return {
      get: () => read(this.get(path)),
      subscribe: (run, invalidate) => this.follow(path, (value) => run(value as T), invalidate, read),
    }
  }

  /**
   * Tells the listeners that `ops` concern, each once; one that throws does not stop the others. Called by a listener
   * that has changed the state, it tells of that change when the listeners of the one before have been told.
   */
  notify(ops: readonly Op[]): void {
    // Nobody has ever listened.
    if (!this.#listeners) return
    const due = this.listeners.concerned(ops)
    for (const listener of due) if (listener.invalidate) this.#tell(listener, listener.invalidate)
    if (this.#unnotified.push(due) > 1) return
    try {
      for (const next of this.#unnotified) for (const listener of next) this.#tell(listener)
    } finally {
      this.#unnotified.length = 0
    }
  }

  #tell(listener: Listener, invalidate?: () => void): void {
    if (listener.state === 'ended') return
    try {
      const value = listener.read(this.get(listener.path))
      if (Object.is(value, listener.value)) return
      // Who was told that there will be a value gets one, whatever happens meanwhile.
      listener.value = invalidate ? listener : value
      if (invalidate) invalidate()
      // Of what a listener has done meanwhile, `value` has a part already.
      else listener.run(value, this.#unnotified.length === 1 ? listener.added : undefined)
    } catch (error) {
      this.#onError(error)
    }
  }
}

const same = (value: unknown): unknown => value
