import { systemClock, type Clock } from '../clock.ts'
import type { Connection, ConnectionListener } from '../protocol/connection.ts'

/** Two connections that are each other's ends, in memory, and what crosses between them. */
export interface Link {
  /** The replica's end. */
  readonly client: Connection
  /** The source's end. */
  readonly server: Connection
  /** Every frame that was delivered, in order. */
  readonly frames: { readonly to: 'client' | 'server'; readonly text: string; readonly at: number }[]
  /** Loses the connection: what is under way is lost, both ends hear of it. */
  cut(): void
  /** Opens it again. */
  reopen(): void
}

/** Makes a link that delivers each frame in a later macrotask of `clock`, in order. */
export function memoryLink(clock: Clock = systemClock): Link {
  const frames: Link['frames'] = []
  let life = 1
  let open = true

  const makeEnd = (to: 'client' | 'server'): End => {
    const listeners = new Set<ConnectionListener>()
    return {
      listeners,
      connection: {
        send(text) {
          if (!open) return
          const sentIn = life
          clock.schedule(() => {
            if (sentIn !== life || !open) return
            frames.push({ to, text, at: clock.now() })
            for (const listener of [...(ends[to]?.listeners ?? [])]) listener.message(text)
          }, 0)
        },
        subscribe(listener) {
          listeners.add(listener)
          if (open) listener.open?.()
          return () => {
            listeners.delete(listener)
          }
        },
        close: () => {
          cut()
        },
      },
    }
  }
  const cut = (): void => {
    if (!open) return
    open = false
    life++
    for (const { listeners } of Object.values(ends)) for (const listener of [...listeners]) listener.close?.()
  }
  const reopen = (): void => {
    if (open) return
    open = true
    for (const { listeners } of Object.values(ends)) for (const listener of [...listeners]) listener.open?.()
  }
  const ends: Record<'client' | 'server', End> = { client: makeEnd('server'), server: makeEnd('client') }
  return { client: ends.client.connection, server: ends.server.connection, frames, cut, reopen }
}

interface End {
  readonly listeners: Set<ConnectionListener>
  readonly connection: Connection
}
