import type { Clock } from '../clock.ts'
import { SyncError } from '../error.ts'
import type { Peer } from '../protocol/connection.ts'
import type { Limits } from '../protocol/limits.ts'
import { serveConnection } from '../protocol/serve.ts'
import { createReplica, type Replica } from '../replica/index.ts'
import type { Source } from '../source/index.ts'
import { memoryLink, type Link, type LinkOptions } from './link.ts'
import { introduce } from './origin.ts'

export interface LinkedOptions extends LinkOptions {
  /** What the link runs on; by default the clock of the source. */
  readonly clock?: Clock
  /** What one window may ask of the source. */
  readonly limits?: Partial<Limits>
  /** Who the source takes the window for; default `{ transport: 'memory', origin: '' }`. */
  readonly peer?: Peer
  /** Gets what a listener of the replica throws and what the source complains of; by default `reportError`. */
  readonly onError?: (error: unknown) => void
}

/** A window on a source, without a window. */
export interface Linked<State extends object, Commands> {
  readonly replica: Replica<State, Commands>
  /** What crosses between the two, and the faults that it may have. */
  readonly link: Link
  /** Closes the replica and the link, as a window that is closed does. */
  close(): void
}

/**
 * A replica of `source`, and the link in memory between them, which carries the real frames. Each call is another window:
 *
 * ```ts
 * const { replica, link } = linked(tabs)
 * ```
 *
 * @throws SyncError `setup` if `source` is none that `createSource` or `openSource` has made.
 */
export function linked<State extends object, Commands>(
  source: Source<State, Commands>,
  options: LinkedOptions = {},
): Linked<State, Commands> {
  const inside = (source as Partial<Source<State, Commands>> | null | undefined)?.['~inside']
  if (inside === undefined) {
    throw new SyncError('setup', 'linked() takes a source: what createSource returns, or openSource resolves to')
  }
  const { clock = inside.clock, limits, peer = { transport: 'memory', origin: '' }, onError } = options
  const link = memoryLink(clock, options)
  serveConnection([source], link.server, peer, limits, clock)
  const replica = createReplica(inside.definition, link.client, {
    clock,
    ...(onError === undefined ? {} : { onError }),
  })
  introduce(replica, { source, link, clock })
  return {
    replica,
    link,
    close() {
      replica.close()
      link.client.close()
    },
  }
}
