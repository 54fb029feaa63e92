import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { framesDown, tabsStore, testSource } from '../../test/fixtures/tabs.ts'
import { serveConnection } from '../protocol/serve.ts'
import { createReplica } from '../replica/index.ts'
import { memoryLink } from '../testing/link.ts'

setFlagsFromString('--expose_gc')
const collectGarbage = runInNewContext('gc') as () => void
const heapUsed = (): number => {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

test('a window that has stopped costs little, however long and fast the source streams on', async () => {
  const { source, clock, open } = testSource()
  const { replica, link } = open()
  await clock.advance(1000)
  link.pause()
  const path = ['byId', 'a', 'response'] as const
  const writer = source.writer(...path)
  const before = heapUsed()
  // Ten minutes of 1,000 tokens a second.
  for (let token = 0; token < 600_000; token++) {
    writer.append(`tok${token % 90} `)
    clock.advanceSync(1)
  }
  // Most of it is the text itself, and what the window has yet to be sent of it.
  expect(heapUsed() - before).toBeLessThan(10_000_000)
  link.resume()
  await clock.advance(1000)
  expect(framesDown(link)).toHaveLength(3)
  expect(replica.at(...path).get() === source.at(...path).get()).toBe(true)
}, 60_000)

test('windows that have come and gone cost nothing', async () => {
  const { source, clock } = testSource({ logLength: 64 })
  const comeAndGo = async (windows: number): Promise<void> => {
    for (let window = 0; window < windows; window++) {
      const link = memoryLink(clock)
      serveConnection([source], link.server, { transport: 'memory', origin: '' }, {}, clock)
      createReplica(tabsStore, link.client)
      await clock.advance(20)
      link.cut()
      source.update((draft) => void (draft.byId.get('a')!.title = `${window}`))
    }
  }
  await comeAndGo(1000)
  const before = heapUsed()
  await comeAndGo(5000)
  expect(heapUsed() - before).toBeLessThan(1_000_000)
}, 60_000)
