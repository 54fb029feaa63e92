import { systemClock, type Clock } from '../clock.ts'
import type { Connection } from '../protocol/connection.ts'
import { createChannel, type Channel } from '../transports/channel.ts'

/** Two connections that are each other's ends, in memory, and what crosses between them. */
export interface Link {
  /** The replica's end. */
  readonly client: Connection
  /** The source's end. */
  readonly server: Connection
  /** Every frame that was delivered, in order. */
  readonly frames: DeliveredFrame[]
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
  readonly text: string
  /** When it was delivered, in the clock's ms. */
  readonly at: number
}

export interface LinkOptions {
  /** How long a frame is under way, in ms; default 0: until the next macrotask. */
  readonly latency?: number
}

/** Makes a link that delivers each frame in a later macrotask of `clock`, in order. */
export function memoryLink(clock: Clock = systemClock, { latency = 0 }: LinkOptions = {}): Link {
  const frames: DeliveredFrame[] = []
  let life = 0
  let paused = false
  let waiting: string[] = []

  const deliver = (to: 'client' | 'server', text: string): void => {
    frames.push({ to, text, at: clock.now() })
    ends[to].received(text)
  }
  const end = (to: 'client' | 'server'): Channel =>
    createChannel({
      send(text) {
        const sentIn = life
        clock.schedule(() => {
          if (sentIn !== life) return
          if (paused && to === 'client') waiting.push(text)
          else deliver(to, text)
        }, latency)
      },
      close() {
        lose()
        ends[to].ended()
      },
    })
  const lose = (): void => {
    life++
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
    cut() {
      lose()
      each((channel) => channel.lost())
    },
    reopen: () => each((channel) => channel.opened()),
    pause() {
      paused = true
    },
    resume() {
      paused = false
      for (let text = waiting.shift(); text !== undefined; text = waiting.shift()) deliver('client', text)
    },
  }
}
