import type { Connection } from '../../../src/protocol/connection.ts'
import type { Limits } from '../../../src/protocol/limits.ts'
import { serveConnection, type Served } from '../../../src/protocol/serve.ts'
import { fakeClock, type FakeClock } from '../../../src/testing/clock.ts'
import { memoryLink } from '../../../src/testing/link.ts'

/** A peer that sends what it likes to a server of `stores`. */
export interface RawPeer {
  readonly clock: FakeClock
  /** Sends texts and returns what has been answered by the time that all have arrived. */
  tell(...texts: readonly string[]): string[]
  cut(): void
  reopen(): void
  readonly isConnected: boolean
}

export function rawPeer(stores: readonly Served[], limits?: Partial<Limits>, clock: FakeClock = fakeClock()): RawPeer {
  const link = memoryLink(clock)
  let answers: string[] = []
  let isConnected = true
  // What is sent last before closing is lost under way, so it is noted where it is sent.
  const server: Connection = {
    ...link.server,
    send(text) {
      if (isConnected) answers.push(text)
      link.server.send(text)
    },
  }
  serveConnection(stores, server, { transport: 'memory', origin: '' }, limits, clock)
  link.client.subscribe({
    message() {},
    open() {
      isConnected = true
    },
    close() {
      isConnected = false
    },
  })
  return {
    clock,
    tell(...texts) {
      answers = []
      for (const text of texts) link.client.send(text)
      clock.advanceSync(0)
      return answers
    },
    cut: link.cut,
    reopen: link.reopen,
    get isConnected() {
      return isConnected
    },
  }
}
