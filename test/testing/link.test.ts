import { expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { fakeClock, memoryLink, type Link } from '../../src/testing/index.ts'
import { testSource } from '../fixtures/tabs.ts'

/** @returns what arrives at the server, as it arrives. */
function arrivals(link: Link): string[] {
  const arrived: string[] = []
  link.server.subscribe({ message: (text) => arrived.push(text) })
  return arrived
}

test('frames never overtake each other, whatever the latency is set to meanwhile', async () => {
  const clock = fakeClock()
  const link = memoryLink(clock, { latency: 100 })
  const arrived = arrivals(link)
  link.client.send('first')
  link.latency = 0
  link.client.send('second')
  link.latency = 50
  link.client.send('third')
  await clock.advance(99)
  expect(arrived).toEqual([])
  await clock.advance(1)
  expect(arrived).toEqual(['first', 'second', 'third'])
  link.latency = 0
  link.client.send('fourth')
  await clock.advance(0)
  expect(arrived.at(-1)).toBe('fourth')
})

test('nor do they on the system clock, whose timers are not exact', async () => {
  const link = memoryLink(systemClock)
  const arrived = arrivals(link)
  const sent = Array.from({ length: 40 }, (_, index) => String(index))
  const all = new Promise<void>((resolve) => {
    link.server.subscribe({ message: (text) => text === sent.at(-1) && resolve() })
  })
  for (const text of sent) {
    link.latency = 20 - Number(text) / 2
    link.client.send(text)
  }
  await all
  expect(arrived).toEqual(sent)
})

test('what was under way when the connection was lost keeps nothing waiting that is sent in the next one', async () => {
  const clock = fakeClock()
  const link = memoryLink(clock, { latency: 100 })
  const arrived = arrivals(link)
  link.client.send('lost')
  link.cut()
  link.reopen()
  link.latency = 0
  link.client.send('first')
  await clock.advance(0)
  expect(arrived).toEqual(['first'])
  await clock.advance(200)
  expect(arrived).toEqual(['first'])
})

test('commands made while a link gets faster all run', async () => {
  const { clock, runs, open } = testSource()
  const { replica, link } = open()
  await clock.until(replica.ready)
  link.latency = 100
  const first = replica.call.rename({ id: 'a', title: 'x' })
  link.latency = 0
  const second = replica.call.rename({ id: 'b', title: 'y' })
  await clock.until(Promise.all([first, second]))
  expect(runs.rename).toBe(2)
})
