/** Who wants to hear of changes, in a trie by path: an op finds those that it concerns, however many others there are. */
import type { Key, Op, Path } from './types.ts'

export interface Listener {
  readonly path: Path
  /** What it was told last; it is told again when this is no longer what is there. */
  value: unknown
  /** Makes of what is at `path` what it is told. */
  readonly read: (value: unknown) => unknown
  readonly run: (value: unknown, added?: string) => void
  /** Told of a change before anybody is told its value. */
  readonly invalidate?: (() => void) | undefined
  /** What is all that the batch being collected does there, where that is an append. */
  added: string | undefined
  /** In the batch that is being collected, or ended. */
  state: 'idle' | 'due' | 'ended'
}

export interface Branch {
  readonly listeners: Set<Listener>
  readonly children: Map<Key, Branch>
}

export class Listeners {
  readonly root: Branch = newBranch()

  add(listener: Listener): void {
    let branch = this.root
    for (const key of listener.path) {
      let child = branch.children.get(key)
      if (!child) branch.children.set(key, (child = newBranch()))
      branch = child
    }
    branch.listeners.add(listener)
  }

  remove(listener: Listener): void {
    listener.state = 'ended'
    prune(this.root, listener, 0)
  }

  /** The listeners on the way to the paths of `ops`, at them and below them, each once. */
  concerned(ops: readonly Op[]): Listener[] {
    const due: Listener[] = []
    for (const op of ops) collect(this.root, op, due)
    for (const listener of due) listener.state = 'idle'
    return due
  }
}

function collect(branch: Branch, op: Op, due: Listener[]): void {
  for (const key of op.path) {
    mark(branch, due)
    const child = branch.children.get(key)
    if (!child) return
    branch = child
  }
  // Of the ops that there are now, only an append has a chunk.
  if (op.kind !== 'splice') return markAll(branch, due, (op as { readonly chunk?: string }).chunk)
  mark(branch, due)
  // Elements before the splice stay where they are; those behind it do where as many came as went.
  const end = op.remove === op.items.length ? op.index + op.remove : Number.POSITIVE_INFINITY
  for (const [key, child] of branch.children) {
    if ((key as number) >= op.index && (key as number) < end) markAll(child, due)
  }
}

function newBranch(): Branch {
  return { listeners: new Set(), children: new Map() }
}

/** Takes a listener out, and the branches that bear nothing any more. Returns whether `branch` is one of them. */
function prune(branch: Branch, listener: Listener, depth: number): boolean {
  const key = listener.path[depth]
  if (depth === listener.path.length) branch.listeners.delete(listener)
  else {
    const child = branch.children.get(key)
    if (child && prune(child, listener, depth + 1)) branch.children.delete(key)
  }
  return branch.listeners.size + branch.children.size === 0
}

function mark({ listeners }: Branch, due: Listener[], added?: string): void {
  for (const listener of listeners) {
    if (listener.state === 'idle') {
      listener.state = 'due'
      listener.added = added
      due.push(listener)
    } else listener.added = undefined
  }
}

function markAll(branch: Branch, due: Listener[], added?: string): void {
  mark(branch, due, added)
  for (const child of branch.children.values()) markAll(child, due, added)
}
