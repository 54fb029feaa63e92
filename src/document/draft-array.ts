/** Drafts of arrays: proxies as well, but the methods that change an array are splices. */
import { ProxyNode } from './draft-object.ts'
import { draftOf, type Drafted } from './storable.ts'

export class ArrayNode extends ProxyNode implements ProxyHandler<unknown[]> {
  declare readonly live: unknown[]
  get(live: unknown[], key: string | symbol): unknown {
    if (key === draftOf) return this
    this.recorder.checkOpen()
    if (typeof key === 'string') {
      const index = toIndex(key)
      if (index !== undefined) return this.recorder.read(this, index)
      if (Object.hasOwn(mutators, key)) return mutators[key]
    }
    return Reflect.get(live, key)
  }

  has(live: unknown[], key: string | symbol): boolean {
    this.recorder.checkOpen()
    return key in live
  }

  set(live: unknown[], key: string | symbol, value: unknown): boolean {
    if (key === 'length') this.#setLength(value)
    else {
      const index = toIndex(key)
      if (index === undefined) {
        return this.refuse('not-storable', 'An array can have no other properties than its elements', String(key))
      }
      if (index < live.length) this.recorder.write(this, index, value)
      else if (index === live.length) this.recorder.splice(this, index, 0, [value])
      else {
        this.refuse(
          'out-of-bounds',
          `Writing element ${index} of an array of length ${live.length} would leave a hole`,
          index,
        )
      }
    }
    return true
  }

  deleteProperty(_live: unknown[], key: string | symbol): never {
    return this.refuse(
      'out-of-bounds',
      'Deleting an element would leave a hole: use splice',
      toIndex(key) ?? String(key),
    )
  }

  ownKeys(live: unknown[]): string[] {
    this.recorder.checkOpen()
    return [...Object.keys(live), 'length']
  }

  getOwnPropertyDescriptor(live: unknown[], key: string | symbol): PropertyDescriptor | undefined {
    const index = toIndex(key)
    if (index !== undefined) return this.recorder.has(this, index) ? this.describe(index) : undefined
    return key === 'length' ? Reflect.getOwnPropertyDescriptor(live, key) : undefined
  }

  /** What a reader gets of each element. */
  items(): unknown[] {
    return this.live.map((_part, index) => this.recorder.read(this, index))
  }

  #setLength(value: unknown): void {
    const { length } = this.live
    if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > length) {
      this.refuse('out-of-bounds', `The length of an array of ${length} elements cannot become ${String(value)}`)
    }
    this.recorder.splice(this, value as number, length - (value as number), [])
  }
}

/** The methods that change an array, as splices: through the traps they would be a write per element that shifts. */
const mutators: Record<string, (this: unknown[], ...args: never[]) => unknown> = {
  push(...items: unknown[]) {
    const node = nodeOf(this)
    node.recorder.splice(node, node.live.length, 0, items)
    return node.live.length
  },
  pop() {
    return take(nodeOf(this), this.length - 1)
  },
  shift() {
    return take(nodeOf(this), 0)
  },
  unshift(...items: unknown[]) {
    const node = nodeOf(this)
    node.recorder.splice(node, 0, 0, items)
    return node.live.length
  },
  splice(...args: unknown[]) {
    const node = nodeOf(this)
    const { length } = node.live
    const from = toInteger(args[0])
    const start = from < 0 ? Math.max(length + from, 0) : Math.min(from, length)
    const most = length - start
    const remove = args.length < 2 ? args.length * most : Math.min(Math.max(toInteger(args[1]), 0), most)
    const removed = this.slice(start, start + remove)
    node.recorder.splice(node, start, remove, args.slice(2))
    return removed
  },
  sort(compare?: (a: unknown, b: unknown) => number) {
    const node = nodeOf(this)
    const items = node.items()
    const live = new Map(items.map((item, index) => [item, node.live[index]]))
    // Only objects differ from what stands for them in the tree; a map would mistake -0 for 0.
    node.recorder.reorder(
      node,
      items.sort(compare).map((item) => (typeof item === 'object' ? live.get(item) : item)),
    )
    return this
  },
  reverse() {
    const node = nodeOf(this)
    node.recorder.reorder(node, node.live.slice().reverse())
    return this
  },
}

function nodeOf(draft: unknown[]): ArrayNode {
  return (draft as Drafted)[draftOf] as ArrayNode
}

function take(node: ArrayNode, index: number): unknown {
  if (node.live.length === 0) return undefined
  const taken = node.recorder.read(node, index)
  node.recorder.splice(node, index, 1, [])
  return taken
}

function toIndex(key: string | symbol): number | undefined {
  return typeof key === 'string' && /^(?:0|[1-9]\d*)$/.test(key) ? Number(key) : undefined
}

function toInteger(value: unknown): number {
  const number = Math.trunc(Number(value))
  return Number.isNaN(number) ? 0 : number
}
