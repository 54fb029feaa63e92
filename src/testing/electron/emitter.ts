type Listener = (...args: never[]) => unknown

interface Entry {
  readonly listener: Listener
  readonly once: boolean
}

/** As much of Node's `EventEmitter` as Electron's objects need. */
export class FakeEmitter {
  readonly #entries = new Map<string | symbol, Entry[]>()

  on(event: string | symbol, listener: Listener): this {
    return this.#add(event, { listener, once: false }, false)
  }

  addListener(event: string | symbol, listener: Listener): this {
    return this.on(event, listener)
  }

  once(event: string | symbol, listener: Listener): this {
    return this.#add(event, { listener, once: true }, false)
  }

  prependListener(event: string | symbol, listener: Listener): this {
    return this.#add(event, { listener, once: false }, true)
  }

  prependOnceListener(event: string | symbol, listener: Listener): this {
    return this.#add(event, { listener, once: true }, true)
  }

  off(event: string | symbol, listener: Listener): this {
    const entries = this.#entries.get(event) ?? []
    const last = entries.map((entry) => entry.listener).lastIndexOf(listener)
    if (last >= 0)
      this.#entries.set(
        event,
        entries.filter((_, index) => index !== last),
      )
    return this
  }

  removeListener(event: string | symbol, listener: Listener): this {
    return this.off(event, listener)
  }

  removeAllListeners(event?: string | symbol): this {
    if (event === undefined) this.#entries.clear()
    else this.#entries.delete(event)
    return this
  }

  listenerCount(event: string | symbol): number {
    return this.#entries.get(event)?.length ?? 0
  }

  listeners(event: string | symbol): Listener[] {
    return (this.#entries.get(event) ?? []).map(({ listener }) => listener)
  }

  /** Calls the listeners as they are now, in order; returns whether there were any. */
  emit(event: string | symbol, ...args: unknown[]): boolean {
    const entries = this.#entries.get(event) ?? []
    for (const { listener, once } of entries) {
      if (once) this.off(event, listener)
      listener.apply(this, args as never[])
    }
    return entries.length > 0
  }

  #add(event: string | symbol, entry: Entry, first: boolean): this {
    const entries = this.#entries.get(event) ?? []
    this.#entries.set(event, first ? [entry, ...entries] : [...entries, entry])
    return this
  }
}
