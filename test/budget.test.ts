/**
 * What the benchmark measures in time, held here by counts that no machine changes: frames, bytes, ops, notifications and
 * containers of new snapshots, for each of its workloads. A number that is too high is work that grew.
 */
import { describe, expect, test } from 'vitest'
import { idOf, makeState, type State } from '../bench/state.ts'
import { defineStore } from '../src/index.ts'
import { createReplica, type Replica } from '../src/replica/index.ts'
import { createSource } from '../src/source/index.ts'
import { fakeClock } from '../src/testing/clock.ts'
import type { Link } from '../src/testing/link.ts'
import { linked } from '../src/testing/linked.ts'
import { portConnection, servePort } from '../src/transports/message-port.ts'

interface Commands {
  rename(id: string): void
}
const store = defineStore('tabs', { state: (): State => ({ byId: {} }), commands: {} as Commands })
/** The most that a frame of one op may take beside what it says: `[1,"c",123456,1,[["s",["byId",…],…]]]`. */
const perFrame = 96

async function open(entities: number, windows = 1) {
  const clock = fakeClock()
  const source = createSource(store, {
    clock,
    state: makeState(entities),
    commands: {
      rename: (id) => {
        source.update((draft) => void (draft.byId[id]!.title = `renamed ${source.revision}`))
      },
    },
  })
  const all = Array.from({ length: windows }, () => linked(source))
  await clock.advance(1000)
  for (const { link } of all) link.frames.length = 0
  const [first] = all as [(typeof all)[0]]
  return { clock, source, all, ...first }
}

const down = ({ frames }: Link): readonly string[] => frames.filter(({ to }) => to === 'client').map(({ text }) => text)
const bytes = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + text.length, 0)
const opsIn = (frame: string): number => (JSON.parse(frame) as [number, string, number, number, unknown[]])[4].length

/** How many containers of `after` are not in `before`: what a new snapshot has allocated. */
function allocated(before: unknown, after: unknown): number {
  const known = new Set<unknown>()
  const walk = (value: unknown, visit: (container: object) => boolean): void => {
    if (typeof value !== 'object' || value === null || !visit(value)) return
    for (const part of Object.values(value)) walk(part, visit)
  }
  walk(before, (container) => Boolean(known.add(container)))
  let count = 0
  walk(after, (container) => {
    if (known.has(container)) return false
    count++
    return true
  })
  return count
}

function counted(replica: Replica<State, Commands>, ids: readonly string[]): { runs: number } {
  const count = { runs: -ids.length }
  for (const id of ids) replica.at('byId', id, 'metadata', 'model').subscribe(() => void count.runs++)
  return count
}

describe('(1) a scalar', () => {
  test.each([1_000, 10_000])('in %i entities is one small frame, one op, and four new containers', async (entities) => {
    const { clock, source, replica, link } = await open(entities)
    const components = counted(replica, [idOf(1), idOf(2), idOf(3)])
    const before = { source: source.get(), replica: replica.get() }
    source.update((draft) => void (draft.byId[idOf(2)]!.metadata.model = 'another'))
    await clock.advance(100)
    expect(link.frames.map(({ to }) => to)).toEqual(['client', 'server'])
    const [frame] = down(link) as [string]
    expect(opsIn(frame)).toBe(1)
    expect(frame.length).toBeLessThanOrEqual(
      1.5 * JSON.stringify([['byId', idOf(2), 'metadata', 'model'], 'another']).length + 32,
    )
    expect(components.runs).toBe(1)
    // The state, the record, the entity, its metadata.
    expect(allocated(before.source, source.get())).toBe(4)
    expect(allocated(before.replica, replica.get())).toBe(4)
  })
})

describe('(2) a stream of 1,000 chunks a second', () => {
  const chunk = 'token'
  const chunks = 8_000

  async function stream(windows: number, live: boolean) {
    const opened = await open(1_000, windows)
    const seen = { runs: 0, others: counted(opened.replica, [idOf(1)]) }
    if (live)
      for (const { replica } of opened.all)
        replica.reader('byId', idOf(0), 'metadata', 'response').subscribe(() => void seen.runs++)
    await opened.clock.advance(100)
    for (const { link } of opened.all) link.frames.length = 0
    const before = opened.replica.get()
    const writer = opened.source.writer('byId', idOf(0), 'metadata', 'response')
    for (let n = 0; n < chunks; n++) {
      writer.append(chunk)
      opened.clock.advanceSync(1)
    }
    writer.end()
    await opened.clock.advance(10)
    expect(opened.replica.get().byId[idOf(0)]!.metadata.response).toBe(chunk.repeat(chunks))
    return { ...opened, seen, before }
  }

  test('with a live reader: a frame each 16 ms, and each character once', async () => {
    const { all, seen, before, replica } = await stream(5, true)
    for (const { link } of all) {
      const frames = down(link)
      expect(frames.length).toBeLessThanOrEqual(chunks / 16 + 2)
      expect(bytes(frames)).toBeLessThanOrEqual(chunks * chunk.length + perFrame * frames.length)
      expect(frames.every((frame) => opsIn(frame) === 1)).toBe(true)
      expect(link.frames.length).toBeLessThanOrEqual(2 * frames.length)
    }
    // Encoded once, for all windows alike.
    const [first, ...others] = all.map(({ link }) => down(link))
    for (const other of others) expect(other).toEqual(first)
    expect(seen.runs).toBeLessThanOrEqual(5 * (chunks / 16 + 3))
    expect(seen.others.runs).toBe(0)
    expect(allocated(before, replica.get())).toBe(4)
  })

  test('without one: a frame each 500 ms', async () => {
    const { link } = await stream(1, false)
    const frames = down(link)
    expect(frames.length).toBeLessThanOrEqual(chunks / 500 + 2)
    expect(bytes(frames)).toBeLessThanOrEqual(chunks * chunk.length + perFrame * frames.length)
  })
})

test('(3) a late window on 10,000 entities takes one frame, the state as JSON', async () => {
  const { clock, source } = await open(10_000)
  const { link, replica } = linked(source)
  const component = counted(replica, [idOf(1)])
  await clock.advance(100)
  const [frame] = down(link) as [string]
  expect(down(link)).toHaveLength(1)
  expect(frame.length).toBeLessThanOrEqual(JSON.stringify(source.get()).length + perFrame)
  expect(component.runs).toBe(1)
})

test('(4) a command is answered by one frame, and its effect is another', async () => {
  const { clock, replica, link } = await open(100)
  const calls = Array.from({ length: 100 }, () => replica.call.rename(idOf(0)))
  await clock.advance(1000)
  await Promise.all(calls)
  expect(down(link).length).toBeLessThanOrEqual(102)
  expect(bytes(link.frames.map(({ text }) => text))).toBeLessThanOrEqual(100 * 60 + 4 * perFrame)
})

test('(4) over a port, few messages go each way, however many commands there are, their effects included', async () => {
  const { port1, port2 } = new MessageChannel()
  const messages: string[] = []
  for (const [name, port] of Object.entries({ down: port1, up: port2 })) {
    const post = port.postMessage.bind(port) as (message: string) => void
    port.postMessage = (message: string) => {
      messages.push(`${name} ${message.split('\x1e').length}`)
      post(message)
    }
  }
  const source = createSource(store, {
    // Time stands still, so only what is urgent is sent.
    clock: { now: () => 0, schedule: () => () => {}, soon: queueMicrotask },
    state: makeState(100),
    commands: {
      rename(id) {
        source.update((draft) => void (draft.byId[id]!.title = `renamed ${source.revision}`))
      },
    },
  })
  const stop = servePort([source], port1)
  const replica = createReplica(store, portConnection(port2))
  await replica.ready
  await replica.settled()
  const expected = { 1: 'up 1, down 1, down 1', 100: 'up 1, up 99, down 1, down 1, down 1, down 99' }
  for (const together of [1, 100] as const) {
    messages.length = 0
    await Promise.all(Array.from({ length: together }, () => replica.call.rename(idOf(0))))
    expect(messages.join(', ')).toBe(expected[together])
  }
  stop()
})

test('(5) of 1,000 components the one that shows the change runs', async () => {
  const { clock, source, replica } = await open(1_000)
  const components = counted(
    replica,
    Array.from({ length: 1_000 }, (_, n) => idOf(n)),
  )
  source.update((draft) => void (draft.byId[idOf(7)]!.metadata.model = 'another'))
  await clock.advance(100)
  expect(components.runs).toBe(1)
})

test('(6) a burst of 20,000 updates is one frame with an op for each entity', async () => {
  const { clock, source, replica, link } = await open(1_000)
  const components = counted(replica, [idOf(0), idOf(1)])
  for (let n = 0; n < 20_000; n++) {
    source.update((draft) => void (draft.byId[idOf(n % 1_000)]!.metadata.model = `model ${n}`))
  }
  await clock.advance(100)
  expect(down(link)).toHaveLength(1)
  expect(opsIn(down(link)[0] as string)).toBe(1_000)
  expect(components.runs).toBe(2)
  expect(replica.get()).toEqual(source.get())
})

test('(9) ten streams share the frames of their window', async () => {
  const { clock, source, replica, link } = await open(100)
  const ids = Array.from({ length: 10 }, (_, n) => idOf(n))
  for (const id of ids) replica.reader('byId', id, 'metadata', 'response').subscribe(() => {})
  await clock.advance(100)
  link.frames.length = 0
  const writers = ids.map((id) => source.writer('byId', id, 'metadata', 'response'))
  for (let n = 0; n < 1_000; n++) {
    for (const writer of writers) writer.append('token')
    clock.advanceSync(1)
  }
  await clock.advance(100)
  const frames = down(link)
  expect(frames.length).toBeLessThanOrEqual(Math.ceil(1_000 / 16) + 2)
  expect(frames.every((frame) => opsIn(frame) === 10)).toBe(true)
  expect(bytes(frames)).toBeLessThanOrEqual(10 * 1_000 * 5 + 10 * perFrame * frames.length)
})
