/** Drafts of objects: proxies whose target is the live object, so that all invariants of proxies hold. */
import { Node } from './node.ts'
import { draftOf } from './storable.ts'
import type { PlainObject } from './tree.ts'
import type { Key } from './types.ts'

/** What the drafts of objects and of arrays have in common; a node is itself the handler of its proxy. */
export abstract class ProxyNode extends Node {
  defineProperty(_live: object, key: string | symbol): never {
    return this.refuse('not-storable', 'Properties of a draft can only be assigned', String(key))
  }

  setPrototypeOf(): never {
    return this.refuse('not-storable', 'The prototype of a draft cannot be changed')
  }

  preventExtensions(): never {
    return this.refuse('not-storable', 'A draft cannot be frozen')
  }

  /** A getter, lest `Object.keys` make a draft of everything. */
  protected describe(key: Key): PropertyDescriptor {
    return {
      get: () => this.recorder.read(this, key),
      set: (value) => {
        this.recorder.write(this, key, value)
      },
      enumerable: true,
      configurable: true,
    }
  }
}

export class ObjectNode extends ProxyNode implements ProxyHandler<PlainObject> {
  get(live: PlainObject, key: string | symbol): unknown {
    if (key === draftOf) return this
    if (typeof key === 'string') {
      const part = this.recorder.read(this, key)
      if (part !== undefined || this.recorder.has(this, key)) return part
    }
    // What is inherited (`toString`, `hasOwnProperty`) is not state.
    return Reflect.get(Object.prototype, key, live)
  }

  has(_live: PlainObject, key: string | symbol): boolean {
    return (typeof key === 'string' && this.recorder.has(this, key)) || key in Object.prototype
  }

  set(_live: PlainObject, key: string | symbol, value: unknown): boolean {
    if (typeof key === 'symbol')
      this.refuse('not-storable', 'A symbol cannot be a key: it cannot cross to another process')
    this.recorder.write(this, key, value)
    return true
  }

  deleteProperty(_live: PlainObject, key: string | symbol): boolean {
    if (typeof key === 'string') this.recorder.delete(this, key)
    return true
  }

  ownKeys(live: PlainObject): string[] {
    this.recorder.checkOpen()
    return [...this.recorder.transaction.keys(live)] as string[]
  }

  getOwnPropertyDescriptor(_live: PlainObject, key: string | symbol): PropertyDescriptor | undefined {
    return typeof key === 'string' && this.recorder.has(this, key) ? this.describe(key) : undefined
  }
}
