import type { MessagePort } from 'node:worker_threads'
import { createReplica } from '../../src/replica/index.ts'
import { portConnection } from '../../src/transports/message-port.ts'
import { definition } from '../definition.ts'

export async function start(port: MessagePort): Promise<void> {
  const replica = createReplica(definition, portConnection(port))
  await replica.ready
  if (replica.at('byId', 'entity-3').get().title !== 'Title 3') throw new Error('The first value is wrong')
}
