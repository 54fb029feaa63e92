import type { Bytes } from '../bytes.ts'
import { SyncError, type SyncErrorCode } from '../error.ts'
import type { Recorder } from './recorder.ts'
import type { Container } from './tree.ts'
import type { Key } from './types.ts'

/** One container of the live tree, as an update sees it: what its draft stands for. */
export class Node {
  // Declared only: what initialises fields is a function more to be run for each node.
  declare readonly recorder: Recorder
  declare readonly live: Container
  declare readonly parent: Node | undefined
  /** Where it is in its parent; for an element of an array, where it was seen last. */
  declare key: Key
  /** Whether the update has taken it out of the state. Its draft goes on working, and records nothing. */
  declare detached: boolean
  /** The live bytes below it that the update has read, if any. */
  declare lent: Set<Bytes> | undefined
  /** Given by who makes the node. */
  declare draft: object

  constructor(recorder: Recorder, live: Container, parent: Node | undefined, key: Key) {
    this.recorder = recorder
    this.live = live
    this.parent = parent
    this.key = key
    this.detached = false
    this.lent = undefined
  }

  get depth(): number {
    return this.parent === undefined ? 0 : this.parent.depth + 1
  }

  get attached(): boolean {
    return !this.detached && (this.parent === undefined || this.parent.attached)
  }

  /**
   * The keys that lead here, or led here. Elements that shift need no bookkeeping: they are looked for when it matters,
   * from where they were seen last.
   */
  path(): Key[] {
    if (this.parent === undefined) return []
    const path = this.parent.path()
    const { live } = this.parent
    if (!this.detached && Array.isArray(live) && live[this.key as number] !== this.live)
      this.key = live.indexOf(this.live)
    path.push(this.key)
    return path
  }

  value(): unknown {
    return this.recorder.valueOf(this.live)
  }

  /** @throws SyncError `code`, at `key` of this container. */
  refuse(code: SyncErrorCode, message: string, ...key: Key[]): never {
    throw new SyncError(code, message, { path: [...this.path(), ...key] })
  }
}

/** Most updates read a few containers: to look through those costs less than a map that they are put in. */
const few = 8

/** Nodes by what they stand for. */
export class Nodes {
  readonly #first: Node[] = []
  #all: Map<unknown, Node> | undefined = undefined

  get(live: unknown): Node | undefined {
    if (this.#all !== undefined) return this.#all.get(live)
    for (const node of this.#first) if (node.live === live) return node
    return undefined
  }

  add(node: Node): void {
    if (this.#all === undefined) {
      this.#first.push(node)
      if (this.#first.length > few) this.#all = new Map(this.#first.map((each) => [each.live, each]))
    } else this.#all.set(node.live, node)
  }
}
