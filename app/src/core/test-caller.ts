import type { CommandCalls, StoreDefinition } from 'lockstep'
import { portConnection, servePort } from 'lockstep/message-port'
import { createReplica } from 'lockstep/replica'
import type { Source } from 'lockstep/source'

/** The commands of a source, called as a window calls them: through a replica. */
export function callerOf<State extends object, Commands>(
  definition: StoreDefinition<State, Commands>,
  source: Source<State>,
): CommandCalls<Commands> {
  const { port1, port2 } = new MessageChannel()
  servePort([source], port1)
  return createReplica(definition, portConnection(port2)).call
}
