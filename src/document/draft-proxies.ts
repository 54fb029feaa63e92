/** Drafts of objects and arrays: proxies whose target is the live container, so that all invariants of proxies hold. */
import { SyncError } from '../error.ts'
import type { Node, Recorder } from './recorder.ts'
import { draftOf } from './storable.ts'
import type { PlainObject } from './tree.ts'

export function draftObject(recorder: Recorder, node: Node): object {
  return new Proxy(node.live as PlainObject, new ObjectTraps(recorder, node))
}

export function draftArray(recorder: Recorder, node: Node): unknown[] {
  return new Proxy(node.live as unknown[], new ArrayTraps(recorder, node))
}

class Traps {
  readonly recorder: Recorder
  readonly node: Node

  constructor(recorder: Recorder, node: Node) {
    this.recorder = recorder
    this.node = node
  }

  defineProperty(): never {
    return refuse('Properties of a draft can only be assigned')
  }

  setPrototypeOf(): never {
    return refuse('The prototype of a draft cannot be changed')
  }

  preventExtensions(): never {
    return refuse('A draft cannot be frozen')
  }
}

class ObjectTraps extends Traps implements ProxyHandler<PlainObject> {
  get(live: PlainObject, key: string | symbol): unknown {
    if (key === draftOf) return this.node
    const own = Object.hasOwn(live, key)
    if (typeof key === 'string' && own) return this.recorder.read(this.node, key)
    // What is inherited (`toString`, `hasOwnProperty`) is not state; own symbols are none of the user's.
    return own ? undefined : Reflect.get(live, key)
  }

  has(live: PlainObject, key: string | symbol): boolean {
    if (typeof key === 'symbol' || !Object.hasOwn(live, key)) return !Object.hasOwn(live, key) && key in live
    return this.recorder.has(this.node, key)
  }

  set(_live: PlainObject, key: string | symbol, value: unknown): boolean {
    if (typeof key === 'symbol') return refuse('A symbol cannot be a key: it cannot cross to another process')
    this.recorder.write(this.node, key, value)
    return true
  }

  deleteProperty(_live: PlainObject, key: string | symbol): boolean {
    if (typeof key === 'string') this.recorder.delete(this.node, key)
    return true
  }

  ownKeys(): string[] {
    return this.recorder.keys(this.node) as string[]
  }

  getOwnPropertyDescriptor(_live: PlainObject, key: string | symbol): PropertyDescriptor | undefined {
    if (typeof key === 'symbol' || !this.recorder.has(this.node, key)) return undefined
    return { value: this.recorder.read(this.node, key), writable: true, enumerable: true, configurable: true }
  }
}

/** The methods that change an array, as splices: through the traps they would be a write per element that shifts. */
const mutators: Record<string, (array: ArrayTraps, args: unknown[], draft: unknown) => unknown> = {
  push(array, items) {
    array.splice(array.length, 0, items)
    return array.length
  },
  pop: (array) => array.splice(array.length - 1, 1, [])[0],
  shift: (array) => array.splice(0, 1, [])[0],
  unshift(array, items) {
    array.splice(0, 0, items)
    return array.length
  },
  splice(array, args) {
    const { length } = array
    const from = toInteger(args[0])
    const start = from < 0 ? Math.max(length + from, 0) : Math.min(from, length)
    const most = length - start
    const remove = args.length === 0 ? 0 : args.length === 1 ? most : Math.min(Math.max(toInteger(args[1]), 0), most)
    return array.splice(start, remove, args.slice(2))
  },
  sort(array, [compare], draft) {
    array.recorder.reorder(array.node, array.parts().sort(compare as (a: unknown, b: unknown) => number))
    return draft
  },
  reverse(array, _args, draft) {
    array.recorder.reorder(array.node, array.parts().reverse())
    return draft
  },
}

class ArrayTraps extends Traps implements ProxyHandler<unknown[]> {
  get length(): number {
    return (this.node.live as unknown[]).length
  }

  splice(index: number, remove: number, items: readonly unknown[]): unknown[] {
    return this.recorder.splice(this.node, Math.max(index, 0), Math.min(remove, this.length), items)
  }

  parts(): unknown[] {
    return Array.from({ length: this.length }, (_, index) => this.recorder.read(this.node, index))
  }

  get(live: unknown[], key: string | symbol, draft: unknown): unknown {
    if (key === draftOf) return this.node
    this.recorder.checkOpen()
    if (typeof key === 'symbol') return Object.hasOwn(live, key) ? undefined : Reflect.get(live, key)
    const index = toIndex(key)
    if (index !== undefined) return index < live.length ? this.recorder.read(this.node, index) : undefined
    const mutate = Object.hasOwn(mutators, key) ? mutators[key] : undefined
    return mutate === undefined ? Reflect.get(live, key) : (...args: unknown[]) => mutate(this, args, draft)
  }

  set(live: unknown[], key: string | symbol, value: unknown): boolean {
    if (key === 'length') this.#setLength(value)
    else {
      const index = typeof key === 'string' ? toIndex(key) : undefined
      if (index === undefined) return refuse('An array can have no other properties than its elements')
      if (index < live.length) this.recorder.write(this.node, index, value)
      else if (index === live.length) this.splice(index, 0, [value])
      else throw new SyncError('out-of-bounds', `Writing element ${index} of an array of length ${live.length} would leave a hole`)
    }
    return true
  }

  deleteProperty(): never {
    return refuse('Deleting an element would leave a hole: use splice')
  }

  ownKeys(live: unknown[]): (string | symbol)[] {
    this.recorder.checkOpen()
    return Reflect.ownKeys(live).filter((key) => typeof key === 'string')
  }

  getOwnPropertyDescriptor(live: unknown[], key: string | symbol): PropertyDescriptor | undefined {
    const index = typeof key === 'string' ? toIndex(key) : undefined
    if (index === undefined) return typeof key === 'symbol' ? undefined : Reflect.getOwnPropertyDescriptor(live, key)
    if (index >= live.length) return undefined
    return { value: this.recorder.read(this.node, index), writable: true, enumerable: true, configurable: true }
  }

  #setLength(value: unknown): void {
    if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > this.length) {
      throw new SyncError('out-of-bounds', `The length of an array of ${this.length} elements cannot become ${String(value)}`)
    }
    this.splice(value as number, this.length - (value as number), [])
  }
}

function toIndex(key: string): number | undefined {
  return /^(?:0|[1-9]\d*)$/.test(key) ? Number(key) : undefined
}

function toInteger(value: unknown): number {
  const number = Math.trunc(Number(value))
  return Number.isNaN(number) ? 0 : number
}

function refuse(message: string): never {
  throw new SyncError('not-storable', message)
}
