import type { Connection, ConnectionListener } from '../protocol/connection.ts'

/** What a transport does for its channel. */
export interface Carrier {
  /** Called only while the channel is open. */
  send(text: string): void
  /** Called at the first `subscribe`: what has arrived by then must be kept until now, and may come from now on. */
  start?(): void
  /** Called once, when this end closes the channel. */
  close(): void
}

/** A connection seen from inside its transport, which reports here what happens to it. */
export interface Channel {
  readonly connection: Connection
  opened(): void
  received(text: string): void
  /** The other end has gone; `opened` may follow. */
  lost(): void
  /** The other end has gone for good. */
  ended(): void
}

/** The listeners and the states of a connection, which are the same for every transport. */
export function createChannel(carrier: Carrier): Channel {
  /** Replaced when it changes, so that whoever goes through it need not copy it. */
  let listeners: readonly ConnectionListener[] = []
  let state: 'waiting' | 'open' | 'closed' = 'waiting'
  let started = false

  // A listener added meanwhile has been told by `subscribe`; one removed meanwhile is not called.
  function each(run: (listener: ConnectionListener) => void): void {
    for (const listener of listeners) if (listeners.includes(listener)) run(listener)
  }

  function leave(next: 'waiting' | 'closed'): void {
    const tells = state === 'open' || (state === 'waiting' && next === 'closed')
    state = state === 'closed' ? state : next
    if (tells) each((listener) => listener.close?.(next === 'closed'))
  }

  return {
    connection: {
      send(text) {
        if (state === 'open') carrier.send(text)
      },
      subscribe(listener) {
        if (state === 'closed') {
          listener.close?.(true)
          return () => {}
        }
        listeners = [...listeners, listener]
        if (state === 'open') listener.open?.()
        if (!started) {
          started = true
          carrier.start?.()
        }
        return () => {
          listeners = listeners.filter((other) => other !== listener)
        }
      },
      close() {
        if (state === 'closed') return
        carrier.close()
        leave('closed')
      },
    },
    opened() {
      if (state !== 'waiting') return
      state = 'open'
      each((listener) => listener.open?.())
    },
    received(text) {
      if (state === 'open') each((listener) => listener.message(text))
    },
    lost: () => leave('waiting'),
    ended: () => leave('closed'),
  }
}
