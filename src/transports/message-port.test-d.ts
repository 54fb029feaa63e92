import type { MessagePort as NodePort, Worker as NodeWorker } from 'node:worker_threads'
import type { MessagePortMain, ParentPort, UtilityProcess } from 'electron'
import { expectTypeOf, test } from 'vitest'
import type { MessagePortLike } from './message-port.ts'

test('everything that is like a port is taken', () => {
  expectTypeOf<MessagePort>().toExtend<MessagePortLike>()
  expectTypeOf<Worker>().toExtend<MessagePortLike>()
  expectTypeOf<NodePort>().toExtend<MessagePortLike>()
  expectTypeOf<NodeWorker>().toExtend<MessagePortLike>()
  expectTypeOf<MessagePortMain>().toExtend<MessagePortLike>()
  expectTypeOf<ParentPort>().toExtend<MessagePortLike>()
  expectTypeOf<UtilityProcess>().toExtend<MessagePortLike>()
  expectTypeOf<string>().not.toExtend<MessagePortLike>()
})
