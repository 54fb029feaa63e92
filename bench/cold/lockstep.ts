import type { MessagePort } from 'node:worker_threads'
import { defineStore, type StoreDefinition } from '../../src/index.ts'
import { createReplica } from '../../src/replica/index.ts'
import { portConnection } from '../../src/transports/message-port.ts'
import type { State } from '../state.ts'

const definition: StoreDefinition<State, object> = defineStore('tabs', { state: (): State => ({ byId: {} }) })

export async function start(port: MessagePort): Promise<void> {
  const replica = createReplica(definition, portConnection(port))
  await replica.ready
  if (replica.at('byId', 'entity-3').get().title !== 'Title 3') throw new Error('The first value is wrong')
}
