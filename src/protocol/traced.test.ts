import { afterEach, expect, test, vi } from 'vitest'
import { tabsStore, testSource } from '../../test/fixtures/tabs.ts'
import { createReplica } from '../replica/index.ts'
import { memoryLink } from '../testing/link.ts'
import { portConnection } from '../transports/message-port.ts'
import { serveConnection } from './serve.ts'
import { traced } from './traced.ts'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

test('a line for each frame, with nothing of the state in it', async () => {
  const { source, clock } = testSource()
  const link = memoryLink(clock, { latency: 5 })
  serveConnection([source], link.server, { transport: 'memory', origin: '' }, undefined, clock)
  const lines: string[] = []
  const connection = traced(link.client, (line) => lines.push(line), clock)
  const replica = createReplica(tabsStore, connection, { clock, onError: () => {} })
  // Another replica on the same connection: what it is sent is told once.
  const other = createReplica(tabsStore, connection, { clock })
  await clock.advance(100)
  other.close()
  const unfollow = replica.reader('byId', 'a', 'response').subscribe(() => {})
  await clock.advance(10)
  source.append(['byId', 'a', 'response'], 'Grüße')
  await clock.advance(100)
  const call = replica.call.rename({ id: 'a', title: 'secret' })
  const failing = replica.call.fail('bad-path').catch(() => {})
  void replica.settled()
  await clock.advance(100)
  await Promise.all([call, failing])
  link.cut()
  link.reopen()
  unfollow()
  connection.send('["not a frame","toString"]')
  connection.send('[9,"toString"]')
  await clock.advance(100)
  connection.close()
  expect(lines.join('\n')).not.toMatch(/secret|Grüße/)
  expect(lines).toMatchInlineSnapshot(`
    [
      "= open +0 ms",
      "> tabs/1 hello 20 B +0 ms",
      "> tabs/2 hello 20 B +0 ms",
      "< tabs/1 snapshot r0 183 B +10 ms",
      "> tabs/1 ack r0 9 B +0 ms",
      "< tabs/2 snapshot r0 183 B +0 ms",
      "> tabs/2 ack r0 9 B +0 ms",
      "> tabs/2 bye 9 B +90 ms",
      "> tabs/1 watch 31 B +0 ms",
      "< tabs/1 commit r0..r1 53 B +15 ms",
      "> tabs/1 call #1 rename 49 B +95 ms",
      "> tabs/1 call #2 fail 30 B +0 ms",
      "> tabs/1 ping #1 12 B +0 ms",
      "< tabs/1 result #1 r2 21 B +10 ms",
      "< tabs/1 failure #2 bad-path r2 35 B +0 ms",
      "< tabs/1 pong #1 r2 14 B +0 ms",
      "< tabs/1 commit r1..r2 49 B +0 ms",
      "= lost +90 ms",
      "= open +0 ms",
      "> tabs/3 hello r2 32 B +0 ms",
      "? no frame 26 B +0 ms",
      "? no frame 14 B +0 ms",
      "< tabs/3 commit r2..r2 16 B +10 ms",
      "> tabs/3 ack r2 9 B +0 ms",
      "< connection refused bad-frame 44 B +0 ms",
      "< connection refused bad-frame 44 B +0 ms",
      "= lost +90 ms",
    ]
  `)
})

test('sessions whose beginning was not seen are known by channel', () => {
  const lines: string[] = []
  const { clock } = testSource()
  const link = memoryLink(clock)
  traced(link.client, (line) => lines.push(line), clock).send('[4,"a",7]')
  expect(lines).toEqual(['> ?/4 ack r7 9 B +0 ms'])
})

test('names that could write something else to a terminal are not shown', () => {
  const lines: string[] = []
  const { clock } = testSource()
  const connection = traced(memoryLink(clock).client, (line) => lines.push(line), clock)
  for (const name of ['\u001b[2J', 'a\n> tabs', 'a\\u001b', '\u202e', '\u2028>', 'x'.repeat(65)]) {
    connection.send(`[1,"hello",1,"${name}"]`)
    connection.send(`[1,"call",1,"${name}"]`)
  }
  const long = '1'.repeat(10_000)
  connection.send(`[${long},"ack",1]`)
  connection.send(`[1,"call",${long},"x"]`)
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(60)
  for (const line of lines.filter((text) => !text.startsWith('?')))
    expect(line).toMatch(/^> \?\/1 (hello|call) \d+ B \+0 ms$/)
})

test('a session that replaces another', () => {
  const lines: string[] = []
  const connection = traced(memoryLink(testSource().clock).client, (line) => lines.push(line), testSource().clock)
  for (const text of ['[1,"hello",1,"tabs"]', '[2,"hello",1,"tabs","e",7,1]', '[1,"bye"]']) connection.send(text)
  expect(lines).toEqual(['> tabs/1 hello 20 B +0 ms', '> tabs/2 hello r7 replaces 1 28 B +0 ms', '> ?/1 bye 9 B +0 ms'])
})

test('does not start a port before somebody listens', async () => {
  const { port1, port2 } = new MessageChannel()
  const connection = traced(portConnection(port2), () => {})
  port1.postMessage('early')
  await new Promise((resolve) => setTimeout(resolve))
  const heard = new Promise((message) => connection.subscribe({ message }))
  await expect(heard).resolves.toBe('early')
  connection.close()
})

test.each([
  ['lockstep', true],
  ['express:*,lockstep', true],
  ['*', true],
  ['express', false],
  ['lockstepper', false],
  [undefined, false],
])('DEBUG=%s in the process that serves', async (DEBUG, traces) => {
  vi.stubEnv('DEBUG', DEBUG)
  const log = vi.spyOn(console, 'error').mockImplementation(() => {})
  const { clock, open } = testSource()
  open()
  await clock.advance(100)
  expect(log.mock.calls.length > 0).toBe(traces)
  for (const [line] of log.mock.calls) expect(line).toMatch(/^lockstep memory:\d+ [=<>] /)
})

test('goes to the console where no other place is given, and a page has no DEBUG', async () => {
  const log = vi.spyOn(console, 'debug').mockImplementation(() => {})
  const { clock, open } = testSource()
  vi.stubGlobal('process', undefined)
  const { link } = open()
  vi.unstubAllGlobals()
  await clock.advance(100)
  traced(link.client).send('[4,"bye"]')
  expect(log.mock.calls).toEqual([[expect.stringMatching(/^> \?\/4 bye 9 B /)]])
})
