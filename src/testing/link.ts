import { systemClock, type Clock } from '../clock.ts'
import { SyncError } from '../error.ts'
import type { Connection } from '../protocol/connection.ts'
import { createChannel, type Channel } from '../transports/channel.ts'
import { createDelivery } from './delivery.ts'

/** Two connections that are each other's ends, in memory, what crosses between them, and what can go wrong with them. */
export interface Link {
  /** The replica's end. */
  readonly client: Connection
  /** The source's end. */
  readonly server: Connection
  /** Every frame that was delivered, in order. */
  readonly frames: DeliveredFrame[]
  /** How long a frame is under way, in ms; 0: until the next macrotask. May be changed; frames never overtake each other. */
  latency: number
  /** `paused` if the connection is there, but the client stands still. */
  readonly status: 'open' | 'paused' | 'cut' | 'closed'
  /** Loses the connection: what is under way is lost, both ends hear of it. */
  cut(): void
  /** Opens it again, unless an end has closed it. */
  reopen(): void
  /** The client's process stands still, as a stopped or blocked window does: what is sent to it waits. */
  pause(): void
  resume(): void
}

export interface DeliveredFrame {
  readonly to: 'client' | 'server'
  /** As it crossed: see PROTOCOL.md. */
  readonly text: string
  /** When it was delivered, in the clock's ms. */
  readonly at: number
}

export interface LinkOptions {
  /** How long a frame is under way, in ms; default 0: until the next macrotask. */
  readonly latency?: number
}

/**
 * Makes a link that delivers each frame in a later macrotask of `clock`, in order.
 *
 * @throws SyncError `setup` if the latency is no number of ms.
 */
export function memoryLink(clock: Clock = systemClock, options: LinkOptions = {}): Link {
  const frames: DeliveredFrame[] = []
  let latency = checkLatency(options.latency ?? 0)
  let state: 'open' | 'cut' | 'closed' = 'open'
  let paused = false
  let waiting: string[] = []
  let underWay = { client: [] as string[], server: [] as string[] }
  const delivery = createDelivery(clock)

  const deliver = (to: 'client' | 'server', text: string): void => {
    frames.push({ to, text, at: clock.now() })
    ends[to].received(text)
  }
  const end = (to: 'client' | 'server'): Channel => {
    let lastArrival = 0
    return createChannel({
      send(text) {
        const queue = underWay[to]
        const now = clock.now()
        lastArrival = Math.max(queue.length > 0 ? lastArrival : 0, now + latency)
        queue.push(text)
        delivery.later(() => {
          // Whatever this was set for, what was sent first comes first: timers of the system are not exact.
          const first = queue.shift() as string
          if (queue !== underWay[to]) return
          if (paused && to === 'client') waiting.push(first)
          else deliver(to, first)
        }, lastArrival - now)
      },
      close() {
        lose()
        state = 'closed'
        delivery.stop()
        ends[to].ended()
      },
    })
  }
  const lose = (): void => {
    underWay = { client: [], server: [] }
    waiting = []
  }
  const ends = { client: end('server'), server: end('client') }
  const each = (run: (channel: Channel) => void): void => {
    for (const channel of [ends.client, ends.server]) run(channel)
  }
  each((channel) => channel.opened())
  return {
    client: ends.client.connection,
    server: ends.server.connection,
    frames,
    get latency() {
      return latency
    },
    set latency(next) {
      latency = checkLatency(next)
    },
    get status() {
      return state === 'open' && paused ? 'paused' : state
    },
    cut() {
      if (state === 'open') state = 'cut'
      lose()
      each((channel) => channel.lost())
    },
    reopen() {
      if (state === 'cut') state = 'open'
      each((channel) => channel.opened())
    },
    pause() {
      paused = true
    },
    resume() {
      paused = false
      for (let text = waiting.shift(); text !== undefined; text = waiting.shift()) deliver('client', text)
    },
  }
}

function checkLatency(latency: number): number {
  if (typeof latency === 'number' && latency >= 0 && latency < Number.POSITIVE_INFINITY) return latency
  throw new SyncError('setup', `A link's latency is a number of ms from 0 up, not ${String(latency)}`)
}
