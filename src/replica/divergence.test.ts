import { expect, test } from 'vitest'
import { outcome, tabsStore, testSource } from '../../test/fixtures/tabs.ts'
import { serveConnection } from '../protocol/serve.ts'
import { memoryLink } from '../testing/link.ts'
import { createReplica } from './index.ts'

/** A link whose server may also say what it likes. */
async function corruptible() {
  const { source, clock } = testSource()
  const link = memoryLink(clock)
  serveConnection([source], link.server, { transport: 'memory', origin: '' })
  const errors: unknown[] = []
  const replica = createReplica(tabsStore, link.client, { onError: (error) => errors.push(error) })
  return { source, clock, link, replica, errors }
}

test.each([
  ['an op that leads nowhere', '[1,"c",0,1,[["s",["byId","z","title"],"x"]]]', 'bad-path'],
  ['half of it fits', '[1,"c",0,1,[["s",["theme"],"x"],["a",["order"],"x"]]]', 'bad-path'],
  ['no frame', '[1,"c",0', 'bad-frame'],
  ['a reserved key', '[1,"c",0,1,[["s",["__proto__","x"],"x"]]]', 'reserved-key'],
])('%s: the replica says so and starts anew from a snapshot', async (_, text, code) => {
  const { source, clock, link, replica, errors } = await corruptible()
  await clock.advance(100)
  const before = replica.get()
  link.server.send(text)
  await clock.advance(0)
  expect(replica.get()).toBe(before)
  expect(errors).toMatchObject([{ code }])
  source.update((draft) => void (draft.theme = 'dark'))
  await clock.advance(100)
  expect(link.frames.filter(({ text }) => text.includes('"s","epoch'))).toHaveLength(2)
  expect(replica.status.get()).toBe('live')
  expect(replica.get()).toEqual(source.get())
})

test('a first state that cannot be shown is given up, clearly', async () => {
  const { clock, link, replica } = await corruptible()
  const ready = outcome(replica.ready)
  link.server.send('[1,"s","e",0,{"theme":{"constructor":{}}}]')
  await clock.advance(100)
  expect(ready.value).toBe('reserved-key')
  expect(replica.status.get()).toBe('refused')
  expect(replica.get().order).toEqual([])
})

test('a connection that throws instead of sending is given up, with its error as the cause', async () => {
  const cause = new TypeError('of the transport')
  const replica = createReplica(tabsStore, {
    subscribe(listener) {
      listener.open?.()
      return () => {}
    },
    send() {
      throw cause
    },
    close() {},
  })
  const error: unknown = await replica.ready.catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'bad-frame', cause })
  expect(replica.status.get()).toBe('refused')
  expect(replica.error).toBe(error)
})
