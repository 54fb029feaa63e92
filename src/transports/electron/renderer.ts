import { systemClock } from '../../clock.ts'
import type { StoreDefinition } from '../../definition.ts'
import type { Connection } from '../../protocol/connection.ts'
import { createReplica, type Replica } from '../../replica/index.ts'
import { pageConnection } from './page.ts'

/** The page's one connection, which all its replicas share. */
let connection: Connection | undefined
const replicas = new Map<unknown, unknown>()

/**
 * The page's replica of a store that main serves: always the same one for the same definition. It shows the definition's
 * state until main has answered, and goes on doing so, with a warning on the console, if main does not.
 */
export function connect<State extends object, Commands>(
  definition: StoreDefinition<State, Commands>,
): Replica<State, Commands> {
  const existing = replicas.get(definition) as Replica<State, Commands> | undefined
  if (existing && existing.status.get() !== 'closed') return existing
  connection ??= pageConnection(window, systemClock, () => {
    connection = undefined
  })
  const replica = createReplica(definition, connection)
  replicas.set(definition, replica)
  return replica
}
