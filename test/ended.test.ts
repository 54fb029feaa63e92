import { expect, test } from 'vitest'
import { serveConnection } from '../src/protocol/serve.ts'
import { createReplica } from '../src/replica/index.ts'
import { createSource } from '../src/source/index.ts'
import { portConnection, servePort } from '../src/transports/message-port.ts'
import { defineStore } from '../src/index.ts'
import { linked } from '../src/testing/index.ts'

/** A connection that is lost for good: nobody is kept waiting for what will not come. */

const store = defineStore('notes', {
  state: () => ({ title: 'initial' }),
  commands: {} as { wait(): string; now(): string },
})

function served() {
  return createSource(store, { commands: { wait: () => new Promise<string>(() => {}), now: () => 'done' } })
}

async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => 'it succeeded',
    (error: { code?: unknown }) => error.code,
  )
}

test('calls, settled() and ready say that the connection has ended', async () => {
  const { port1, port2 } = new MessageChannel()
  const stop = servePort([served()], port1)
  const connection = portConnection(port2)
  const replica = createReplica(store, connection)
  await replica.ready
  const underWay = codeOf(replica.call.wait())
  stop()
  expect(await underWay).toBe('disconnected')
  expect([replica.status.get(), replica.error?.code]).toEqual(['refused', 'disconnected'])
  for (const late of [replica.call.now(), replica.settled(), createReplica(store, connection).ready])
    expect(await codeOf(late)).toBe('disconnected')
})

test('so do those that wait for the first answer', async () => {
  const { port1, port2 } = new MessageChannel()
  const replica = createReplica(store, portConnection(port2))
  const waiting = [replica.ready, replica.call.now(), replica.settled()].map(codeOf)
  port1.close()
  expect(await Promise.all(waiting)).toEqual(['disconnected', 'disconnected', 'disconnected'])
})

test('what was refused says why it was, and not that the connection has ended', async () => {
  const { port1, port2 } = new MessageChannel()
  const connection = portConnection(port2)
  const replica = createReplica(defineStore('unknown', { state: () => ({}) }), connection)
  const main = portConnection(port1)
  serveConnection([served()], main, { transport: 'message-port', origin: '' })
  expect(await codeOf(replica.ready)).toBe('unknown-store')
  const ended = new Promise<void>((resolve) => {
    connection.subscribe({ message() {}, close: () => resolve() })
  })
  main.close()
  await ended
  expect(replica.error?.code).toBe('unknown-store')
})

test('a link that is cut is waited for, and one that is closed is not', async () => {
  const { replica, link } = linked(served())
  await replica.ready
  link.cut()
  expect([replica.status.get(), replica.error]).toEqual(['connecting', undefined])
  link.reopen()
  expect(await replica.call.now()).toBe('done')
  link.client.close()
  expect([replica.status.get(), replica.error?.code]).toEqual(['refused', 'disconnected'])
  expect(await codeOf(createReplica(store, link.client).ready)).toBe('disconnected')
})
