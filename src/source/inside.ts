import type { Clock } from '../clock.ts'
import type { StoreDefinition } from '../definition.ts'

/** What `lockstep/testing` has to know of a source, and nobody else: its `~inside`. */
export interface SourceInside<State extends object, Commands> {
  readonly definition: StoreDefinition<State, Commands>
  readonly clock: Clock
  readonly epoch: string
}
