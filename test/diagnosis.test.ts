/** "Direct IPC calls return the right data, but components show stale data": each way to get there, and what is said of it. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { defineStore, SyncError, type Connection } from '../src/index.ts'
import { serveConnection } from '../src/protocol/serve.ts'
import { refusedBody, withChannel } from '../src/protocol/wire.ts'
import { createReplica, type Replica } from '../src/replica/index.ts'
import type { Pace } from '../src/source/index.ts'
import type { FakeClock } from '../src/testing/clock.ts'
import { pageConnection } from '../src/transports/electron/page.ts'
import { portConnection, servePort } from '../src/transports/message-port.ts'
import { connectWebSocket } from '../src/transports/websocket/client.ts'
import { serveWebSocket } from '../src/transports/websocket/server.ts'
import { nothingBetween, patiently, wrapped } from './fixtures/between.ts'
import { tabsStore, testSource, type Tabs, type TabsCommands } from './fixtures/tabs.ts'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** Both ends of a real port. */
function ports(): readonly [window: Connection, main: Connection] {
  const { port1, port2 } = new MessageChannel()
  const connections = [portConnection(port1), portConnection(port2)] as const
  for (const connection of connections) ends.push(() => connection.close())
  return connections
}

/** A window that has joined, over a port, and has been told of the commit that its source began with. */
async function joined(options: Partial<Pace> = {}) {
  const { source, clock } = testSource(options)
  const [window, main] = ports()
  const between = nothingBetween()
  serveConnection([source], main, { transport: 'message-port', origin: 'app://chat' }, undefined, clock)
  const replica = createReplica(tabsStore, wrapped(window, between), { clock, onError: () => {} })
  // An ack has arrived when what was asked behind it is answered.
  await replica.settled()
  source.update((draft) => void (draft.theme = 'dark'))
  await clock.advance(options.interval ?? 100)
  await vi.waitUntil(() => replica.revision === 1)
  await replica.settled()
  return { source, clock, replica, between }
}

const windowOn = (connection: Connection, clock: FakeClock): Replica<Tabs, TabsCommands> =>
  createReplica(tabsStore, connection, { clock })

describe('never connected', () => {
  test('a page that no preload script and no serve() listens to', async () => {
    const { clock } = testSource()
    const page = { postMessage: () => {} }
    const connection = pageConnection(page, { now: () => 0, schedule: () => () => {} }, () => {})
    ends.push(() => connection.close())
    const diagnosis = await patiently(clock, windowOn(connection, clock).diagnose())
    expect(diagnosis).toMatchObject({ verdict: 'never-connected', unanswered: ['join'], source: undefined })
    expect(diagnosis.sentence).toMatchInlineSnapshot(
      `""tabs" has asked to join and nobody has ever answered: in Electron, call serve() before this window loads, with the window's session in \`sessions\` (it installs the preload script); elsewhere, call servePort() or serveWebSocket() at the other end"`,
    )
  })

  test('a connection that does not open', async () => {
    const { clock } = testSource()
    const [window] = ports()
    window.close()
    const diagnosis = await patiently(clock, windowOn(window, clock).diagnose(100))
    expect(diagnosis).toMatchObject({ verdict: 'never-connected', error: { code: 'disconnected' }, unanswered: [] })
    expect(diagnosis.sentence).toMatchInlineSnapshot(
      `""tabs" has never been connected, since its connection does not open: start the process that owns the store, and see there and on this console why it does not let this page in"`,
    )
  })
})

describe('refused', () => {
  test('a connection that has ended for good', async () => {
    const { port1, port2 } = new MessageChannel()
    const { source } = testSource()
    const stop = servePort([source], port1)
    const other = createReplica(tabsStore, portConnection(port2))
    await other.ready
    stop()
    await vi.waitUntil(() => other.status.get() === 'refused')
    const diagnosis = await other.diagnose()
    expect(diagnosis).toMatchObject({ verdict: 'refused', error: { code: 'disconnected' }, unanswered: [] })
    expect(diagnosis.sentence).toMatchInlineSnapshot(
      `""tabs" shows revision 0, and its connection has ended for good: see that the process that owns the store runs, and make another connection (a page: load it again)"`,
    )
  })

  test('a page that main does not let in', async () => {
    const { clock } = testSource()
    const [window, main] = ports()
    const error = new SyncError('refused', "The page was refused: serve's `authorize` did not return true")
    main.send(withChannel(0, refusedBody(error)))
    main.close()
    const diagnosis = await windowOn(window, clock).diagnose()
    expect(diagnosis).toMatchObject({ verdict: 'refused', error: { code: 'refused' }, unanswered: [] })
    expect(diagnosis.sentence).toMatchInlineSnapshot(
      `""tabs" was refused (refused): The page was refused: serve's \`authorize\` did not return true; remedy that, and load this page again"`,
    )
  })

  test('a source that was closed', async () => {
    const { source, replica } = await joined()
    source.close()
    await vi.waitUntil(() => replica.status.get() === 'refused')
    const diagnosis = await replica.diagnose()
    expect(diagnosis).toMatchObject({ verdict: 'refused', error: { code: 'closed' } })
    expect(diagnosis.sentence).toMatchInlineSnapshot(
      `""tabs" was refused (closed): The source "tabs" was closed; make another source, serve it and connect again"`,
    )
  })

  test('a replica that was closed', async () => {
    const { replica } = await joined()
    replica.close()
    const diagnosis = await replica.diagnose()
    expect(diagnosis).toMatchObject({ verdict: 'refused', status: 'closed', hops: { applied: { revision: 1 } } })
    expect(diagnosis.sentence).toMatchInlineSnapshot(
      `"This replica of "tabs" was closed here by close() and goes on showing revision 1: connect again, and read from the new replica"`,
    )
  })
})

test('unknown store', async () => {
  const { source, clock } = testSource()
  const [window, main] = ports()
  serveConnection([source], main, { transport: 'message-port', origin: '' })
  const replica = createReplica(defineStore('taps', { state: () => ({}) }), window, { clock })
  const diagnosis = await replica.diagnose()
  expect(diagnosis).toMatchObject({ verdict: 'unknown-store', error: { code: 'unknown-store' } })
  expect(diagnosis.sentence).toMatchInlineSnapshot(
    `"No store "taps" is served here: pass its source to serve(), servePort() or serveWebSocket(), and import the same definition on both sides"`,
  )
})

describe('waiting for credit', () => {
  test('acks that do not arrive', async () => {
    const { source, clock, replica, between } = await joined()
    between.up = (text) => (text.startsWith('[1,"a",') ? undefined : text)
    // One ack a second is asked for, however short the frames.
    await clock.advance(1000)
    source.update((draft) => void (draft.theme = 'black'))
    await clock.advance(100)
    await vi.waitUntil(() => replica.revision === 2)
    source.update((draft) => void (draft.theme = 'white'))
    await clock.advance(5000)
    const diagnosis = await replica.diagnose()
    expect(diagnosis).toMatchObject({
      verdict: 'waiting-for-credit',
      source: { waiting: true, sent: 2, acknowledged: 0 },
      hops: { mutated: { revision: 3, age: 5000 }, sent: { revision: 2, age: 5100 }, applied: { revision: 2 } },
      compared: undefined,
    })
    expect(diagnosis.sentence).toMatchInlineSnapshot(
      `"The source has waited 5100 ms for this window to acknowledge a frame, which is applied here, but its ack has not arrived there: something between drops what this window sends; mend that, close() and connect again"`,
    )
  })

  test('a window that stood still', async () => {
    const { source, clock, replica, between } = await joined()
    replica.subscribe(() => {})
    await clock.advance(1000)
    const queue: (() => void)[] = (between.queue = [])
    source.update((draft) => void (draft.theme = 'black'))
    await clock.advance(5000)
    await vi.waitUntil(() => queue.length > 0)
    source.update((draft) => void (draft.theme = 'white'))
    // It asks first, when it wakes up; then comes what was waiting for it.
    const diagnosing = replica.diagnose()
    await vi.waitUntil(() => queue.some((_, index) => index > 1))
    expect(replica.revision).toBe(1)
    between.queue = undefined
    for (const run of queue) run()
    const diagnosis = await diagnosing
    expect(diagnosis).toMatchObject({ verdict: 'waiting-for-credit', compared: { revision: 3 } })
    expect(diagnosis.sentence).toMatchInlineSnapshot(
      `"The source has waited 5000 ms for this window to acknowledge a frame: the window stood still (a breakpoint, heavy work, a sleeping process), and has caught up; keep long work out of it"`,
    )
  })
})

describe('throttled', () => {
  test('a text that grows, and no reader', async () => {
    const { source, clock, replica } = await joined({ appendInterval: 10_000 })
    source.append(['byId', 'a', 'response'], 'Once upon')
    await clock.advance(2000)
    const diagnosis = await replica.diagnose()
    expect(diagnosis).toMatchObject({ verdict: 'throttled', source: { pending: 'appends' }, compared: { revision: 2 } })
    expect(diagnosis.sentence).toMatchInlineSnapshot(
      `"This window showed revision 1 and the source was at 2, which it was to send 7900 ms later: show a text that grows by replica.reader(), which follows it live, or lower the source's \`appendInterval\`"`,
    )
    // Asking has sent it.
    expect(replica.get().byId.get('a')?.response).toBe('Once upon')
  })

  test('a text that grows, which is sent only along with other changes', async () => {
    const { source, clock, replica } = await joined({ appendInterval: Number.POSITIVE_INFINITY })
    source.append(['byId', 'a', 'response'], 'Once upon')
    await clock.advance(2000)
    const diagnosis = await replica.diagnose()
    expect(diagnosis).toMatchObject({ verdict: 'throttled', source: { pending: 'appends' } })
    expect(diagnosis.sentence).toContain(
      'which it was to send only along with other changes: show a text that grows by',
    )
  })

  test('a source with a long interval', async () => {
    const { source, replica } = await joined({ interval: 3000 })
    source.update((draft) => void (draft.theme = 'black'))
    const diagnosis = await replica.diagnose()
    expect(diagnosis).toMatchObject({ verdict: 'throttled', source: { pending: 'ordinary' } })
    expect(diagnosis.sentence).toMatchInlineSnapshot(
      `"This window showed revision 1 and the source was at 2, which it was to send 3000 ms later: lower the source's \`interval\`"`,
    )
  })
})

test('resyncing: the process that owns the state has gone', async () => {
  const { source, clock } = testSource()
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const service = serveWebSocket([source], { server, hosts: [host], origins: ['http://page'] })
  class PageSocket extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { origin: 'http://page' })
    }
  }
  const storage = { getItem: () => null, setItem: () => {} }
  const connection = connectWebSocket({
    url: `ws://${host}/lockstep`,
    token: service.createToken(),
    storage,
    clock,
    WebSocket: PageSocket,
  })
  const replica = windowOn(connection, clock)
  await replica.ready
  service.close()
  server.close()
  await vi.waitUntil(() => replica.status.get() === 'connecting')
  const diagnosis = await patiently(clock, replica.diagnose())
  connection.close()
  expect(diagnosis).toMatchObject({ verdict: 'resyncing', unanswered: ['join'], hops: { applied: { revision: 0 } } })
  expect(diagnosis.sentence).toMatchInlineSnapshot(
    `""tabs" shows revision 0, from before the connection was lost: the connection is not open; see that the process that owns the store runs"`,
  )
})

test('behind: a frame was swallowed on the way', async () => {
  const { source, clock, replica, between } = await joined()
  between.down = (text) => (text.startsWith('[1,"c",') ? undefined : text)
  for (const theme of ['black', 'white']) source.update((draft) => void (draft.theme = theme))
  await clock.advance(100)
  source.update((draft) => void (draft.theme = 'red'))
  const diagnosis = await replica.diagnose()
  expect(diagnosis).toMatchObject({ verdict: 'behind', hops: { sent: { revision: 3 }, applied: { revision: 1 } } })
  expect(diagnosis.sentence).toMatchInlineSnapshot(
    `"Behind by 3 revisions: the frame up to revision 3 was sent 100 ms ago and has not arrived, though what was sent after it has; something between drops or reorders frames: mend that, close() and connect again"`,
  )
})

test('diverged: a frame was changed on the way', async () => {
  const { source, clock, replica, between } = await joined()
  between.down = (text) => (text.startsWith('[1,"c"') ? text.replace('"Buy milk"', '"Buy mink"') : text)
  source.update((draft) => void (draft.byId.get('b')!.title = 'Buy milk'))
  await clock.advance(100)
  await vi.waitUntil(() => replica.revision === 2)
  const diagnosis = await replica.diagnose()
  expect(diagnosis).toMatchObject({ verdict: 'diverged', divergedAt: ['byId', 'b', 'title'], unanswered: [] })
  expect(diagnosis.compared?.here).not.toBe(diagnosis.compared?.there)
  expect(diagnosis.sentence).toMatchInlineSnapshot(
    `"Diverged at ["byId", "b", "title"]: both sides are at revision 2 and hold different values; something between them changes frames, or one side has written past the library; close() and connect again for a fresh copy, and report it if it is the library"`,
  )
})

describe('in step', () => {
  test('nobody reads the replica', async () => {
    const { replica } = await joined()
    const diagnosis = await replica.diagnose()
    expect(diagnosis).toMatchObject({
      verdict: 'in-step',
      source: { waiting: false, pending: 'nothing', transport: 'message-port', origin: 'app://chat' },
      compared: { revision: 1 },
      subscribers: { count: 0, paths: [] },
      hops: { sent: { revision: 1 }, applied: { revision: 1 }, rendered: { revision: undefined } },
      divergedAt: undefined,
      unanswered: [],
    })
    expect(diagnosis.compared?.here).toBe(diagnosis.compared?.there)
    expect(diagnosis.sentence).toMatchInlineSnapshot(
      `"In step at revision 1, but the component does not read the replica: nobody is subscribed to it; use $store, useSyncExternalStore or subscribe() on replica.at(...) where get() was called once or a plain value was taken out"`,
    )
  })

  test('somebody does: who shows anything else is somebody else', async () => {
    const { replica } = await joined()
    replica.at('byId', 'a').subscribe(() => {})
    replica.reader('byId', 'a', 'response').subscribe(() => {})
    replica.at('order', 0).subscribe(() => {})
    replica.select(({ order }) => order.length).subscribe(() => {})
    const diagnosis = await replica.diagnose()
    expect(diagnosis).toMatchObject({
      verdict: 'in-step',
      watches: [['byId', 'a', 'response']],
      source: { watches: 1 },
      hops: { rendered: { revision: 1 } },
      subscribers: { count: 4 },
    })
    expect(diagnosis.sentence).toMatchInlineSnapshot(
      `"In step at revision 1, and every subscriber has been told (4, of [], ["byId", "a"], ["byId", "a", "response"], ["order", 0]): a component that shows anything else is not among them, or keeps a copy; subscribe it to what it shows"`,
    )
  })
})

test('a source that does not answer: it says so in time', async () => {
  const { clock, replica, between } = await joined()
  between.up = () => undefined
  const diagnosis = await patiently(clock, replica.diagnose())
  expect(diagnosis).toMatchObject({ verdict: 'unanswered', unanswered: ['ping'], status: 'live' })
  expect(diagnosis.sentence).toMatchInlineSnapshot(
    `"The source of "tabs" has not answered within 2000 ms: its process is blocked (a breakpoint, heavy work) or has gone without a word; this window shows revision 1"`,
  )
})
