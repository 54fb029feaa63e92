import type { Key, Readable } from '../../src/index.ts'
import { equal, pick } from './equal.ts'
import type { Context } from './context.ts'

/** A store as somebody sees it, a source or a replica, and what the oracle says that it has to look like. */
export interface View {
  readonly name: string
  readonly context: Context
  readonly store: unknown
  /** The state as it has to be at this moment. */
  expected(): unknown
}

/** `store.at(...path)`, for paths that only the seed knows. */
function at(store: unknown, path: readonly Key[], method: 'at' | 'reader' = 'at'): unknown {
  const of = (store as Record<string, (...path: readonly Key[]) => unknown>)[method]
  return of?.apply(store, [...path])
}

/** Somebody who is subscribed, and has to be told of each change of what he sees, and of nothing else. */
export interface Watcher {
  /** Called after whatever may have changed the state: has he been told? */
  check(): void
  end(): void
}

/** A subscriber to one path. */
export class PathWatcher implements Watcher {
  readonly #view: View
  readonly #path: readonly Key[]
  readonly #mischief: () => void
  readonly #end: () => void
  #told = false
  #last: unknown
  #ended = false

  /** @param mischief what it does besides, after it has been told: it may throw. */
  constructor(view: View, path: readonly Key[], mischief: () => void) {
    this.#view = view
    this.#path = path
    this.#mischief = mischief
    this.#end = (at(view.store, path) as Readable<unknown>).subscribe((value) => this.#tell(value))
    if (!this.#told) this.#fail('was not called at once')
  }

  check(): void {
    if (this.#ended) return
    if (!equal(this.#last, pick(this.#view.expected(), this.#path))) this.#fail('was not told of a change')
  }

  end(): void {
    this.#ended = true
    this.#end()
  }

  #tell(value: unknown): void {
    if (this.#ended) this.#fail('was told after its end')
    if (this.#told && Object.is(value, this.#last)) this.#fail('was told without a change')
    if (!equal(value, pick(this.#view.expected(), this.#path))) this.#fail('was told what is not so')
    this.#told = true
    this.#last = value
    this.#view.context.step()
    this.#mischief()
  }

  #fail(what: string): void {
    this.#view.context.fail(`${this.#view.name}: the subscriber of ${this.#path.map(String).join('.')} ${what}`)
  }
}

/** A reader that puts the pieces together. */
export class Follower implements Watcher {
  readonly #view: View
  readonly #path: readonly Key[]
  readonly #end: () => void
  #text: string | undefined
  #ended = false

  constructor(view: View, path: readonly Key[]) {
    this.#view = view
    this.#path = path
    const reader = at(view.store, path, 'reader') as {
      follow(run: (piece: string, offset: number) => void): () => void
    }
    this.#end = reader.follow((piece, offset) => this.#tell(piece, offset))
    if (this.#text === undefined) this.#fail('was not called at once')
  }

  check(): void {
    if (!this.#ended && this.#text !== this.#expected()) this.#fail('has missed something')
  }

  end(): void {
    this.#ended = true
    this.#end()
  }

  #expected(): string {
    const text = pick(this.#view.expected(), this.#path)
    return typeof text === 'string' ? text.replace(/[\ud800-\udbff]$/, '') : ''
  }

  #tell(piece: string, offset: number): void {
    if (this.#ended) this.#fail('was told after its end')
    const before = this.#text
    if (before === undefined || (offset === 0 && before !== '')) {
      if (offset !== 0) this.#fail('does not begin at the beginning')
      if (before !== undefined && piece.startsWith(before)) this.#fail('repeats what was there')
      this.#text = piece
    } else {
      if (offset !== before.length) this.#fail(`has a piece at ${offset} and not at ${before.length}`)
      if (piece === '') this.#fail('has an empty piece')
      this.#text = before + piece
    }
    if (this.#text !== this.#expected()) this.#fail('shows what is not so')
    this.#view.context.step()
  }

  #fail(what: string): void {
    this.#view.context.fail(`${this.#view.name}: the reader of ${this.#path.map(String).join('.')} ${what}`)
  }
}
