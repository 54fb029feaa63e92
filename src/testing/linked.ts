import type { Clock } from '../clock.ts'
import type { StoreDefinition } from '../definition.ts'
import type { Limits } from '../protocol/limits.ts'
import { serveConnection } from '../protocol/serve.ts'
import { createReplica, type Replica } from '../replica/index.ts'
import type { Source } from '../source/index.ts'
import { memoryLink, type Link, type LinkOptions } from './link.ts'

export interface LinkedOptions extends LinkOptions {
  readonly clock: Clock
  readonly limits?: Partial<Limits>
  readonly onError?: (error: unknown) => void
}

/** A replica of `source`, and the link in memory between them, which carries the real frames. */
export function linked<State extends object, Commands>(
  definition: StoreDefinition<State, Commands>,
  source: Source<State>,
  { clock, limits, onError, ...linkOptions }: LinkedOptions,
): { readonly replica: Replica<State, Commands>; readonly link: Link } {
  const link = memoryLink(clock, linkOptions)
  serveConnection([source], link.server, { transport: 'memory', origin: '' }, limits, clock)
  const replica = createReplica(definition, link.client, { clock, ...(onError === undefined ? {} : { onError }) })
  return { replica, link }
}
