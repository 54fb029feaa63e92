import { setImmediate as macrotask } from 'node:timers/promises'
import { MessageChannel } from 'node:worker_threads'
import { expect, test, vi } from 'vitest'
import { defineStore } from '../index.ts'
import { createReplica } from '../replica/index.ts'
import { portConnection, servePort } from '../transports/message-port.ts'
import { createSource } from './index.ts'
import { sourceClock } from './source-clock.ts'

const store = defineStore('counter', { state: () => ({ count: 0 }), commands: {} as { add(n: number): number } })

// A fake clock stands still between two looks at it; a real one never does.
test('on the real clock, what is due is sent', async () => {
  const source = createSource(store, {
    commands: {
      add: (n, { source }) =>
        source.update((draft) => {
          draft.count += n
          return draft.count
        }),
    },
  })
  const { port1, port2 } = new MessageChannel()
  servePort([source], port1)
  const replica = createReplica(store, portConnection(port2))
  expect(await replica.call.add(2)).toBe(2)
  expect(await replica.call.add(3)).toBe(5)
  expect(replica.get()).toEqual({ count: 5 })
  source.update((draft) => {
    draft.count++
  })
  await replica.settled()
  expect(replica.get()).toEqual({ count: 6 })
  replica.close()
  port1.close()
})

test('what is due at once is sent when what runs now has ended, not by a timer; closed before, it sends nothing', async () => {
  const source = createSource(store, { interval: 0, commands: { add: (n) => n } })
  const { port1, port2 } = new MessageChannel()
  let sent = 0
  servePort([source], {
    postMessage(text) {
      sent++
      port1.postMessage(text)
    },
    on: (type, listener) => port1.on(type, listener),
    start: () => port1.start(),
  })
  const replica = createReplica(store, portConnection(port2))
  await replica.ready
  await replica.settled()
  sent = 0
  source.update((draft) => {
    draft.count++
  })
  expect(sent).toBe(0)
  await Promise.resolve()
  expect(sent).toBe(1)
  source.update((draft) => {
    draft.count++
  })
  source.close()
  await Promise.resolve()
  expect(sent).toBe(2)
  await macrotask()
  expect(sent).toBe(2)
  replica.close()
  port1.close()
})

test('what is to run soon runs before the next macrotask', async () => {
  let ran = false
  sourceClock.soon!(() => (ran = true))
  expect(ran).toBe(false)
  await Promise.resolve()
  expect(ran).toBe(true)
})

test('what goes wrong soon is an exception that nobody has caught', async () => {
  const others = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  const uncaught = new Promise((resolve) => {
    process.once('uncaughtException', resolve)
  })
  const error = new Error('the connection is broken')
  sourceClock.soon!(() => {
    throw error
  })
  const found = await uncaught
  for (const other of others) process.on('uncaughtException', other)
  expect(found).toBe(error)
})

test('a timer is not set to ring too early, for the part of a millisecond that it would drop', () => {
  const timers = vi.spyOn(globalThis, 'setTimeout')
  sourceClock.schedule(() => undefined, 1.2)()
  expect(timers.mock.calls.map(([, delay]) => delay)).toEqual([2])
  timers.mockRestore()
})

test.each([
  ['in the next macrotask', (run: () => void) => sourceClock.schedule(run, 0)],
  ['later', (run: () => void) => sourceClock.schedule(run, 1)],
])('what is to run %s runs once, unless it is cancelled', async (_, schedule) => {
  const ran: string[] = []
  const cancel = schedule(() => ran.push('cancelled'))
  const kept = new Promise<void>((resolve) => schedule(resolve)).then(() => ran.push('kept'))
  expect(ran).toEqual([])
  cancel()
  await kept
  expect(ran).toEqual(['kept'])
})
