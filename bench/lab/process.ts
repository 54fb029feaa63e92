/** A lab: a process whose main thread is Electron's main, with the contestant's main side, and whose workers are windows. */
// oxlint-disable-next-line import/no-unassigned-import -- before anything that loads `electron`
import './hook.ts'
import { MessageChannel, Worker } from 'node:worker_threads'
import { contestants } from '../contestants/index.ts'
import { idOf, makeState } from '../state.ts'
import { answer, callee } from './calls.ts'
import type { MainSide, WindowEnd } from './contestant.ts'
import { cpu } from './cpu.ts'
import { FakeWebContents } from './electron/main.ts'
import { feed, settle, updates } from './feed.ts'
import { heap } from './heap.ts'
import { countedPort } from './port.ts'
import type { Call, LabCalls, Measured, Setup, WindowCalls, WindowData } from './protocol.ts'
import { Signals, wallClock } from './signals.ts'
import { traffic } from './traffic.ts'

interface OpenWindow {
  readonly end: WindowEnd
  readonly worker: Worker
  readonly calls: ReturnType<typeof callee<WindowCalls>>['calls']
}

const signals = new Signals()
const windows: OpenWindow[] = []
let prepared: OpenWindow | undefined
let setup: Setup
let side: MainSide
/** How much text the watched entities have, which is what the windows have to show. */
let appended = 0
let updated = 0

async function openWindow(): Promise<OpenWindow> {
  const ipc = new MessageChannel()
  const data = new MessageChannel()
  const workerData: WindowData = {
    contestant: setup.contestant,
    settings: setup.settings ?? {},
    index: windows.length,
    memory: signals.memory,
    ipc: ipc.port2,
    data: data.port2,
  }
  const worker = new Worker(new URL('./window.ts', import.meta.url), {
    workerData,
    transferList: [ipc.port2, data.port2],
    resourceLimits: { maxOldGenerationSizeMb: 8192 },
  })
  const { calls, received, fail } = callee<WindowCalls>((message) => {
    worker.postMessage(message)
  })
  await new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  worker.on('message', received)
  worker.on('error', (error) => {
    fail(error as Error)
  })
  const end = { webContents: new FakeWebContents(ipc.port1), port: countedPort(data.port1) }
  return { end, worker, calls }
}

/** What `run` costs on both sides. */
async function measured(run: () => Promise<{ visible?: readonly number[] } | void>): Promise<Measured> {
  const before = await Promise.all(windows.map(({ calls }) => calls.usage()))
  const sent = { ...traffic }
  const wall = wallClock()
  const own = cpu()
  const result = await run()
  const main = cpu() - own
  const took = wallClock() - wall
  const down = { messages: traffic.messages - sent.messages, bytes: traffic.bytes - sent.bytes }
  const after = await Promise.all(windows.map(({ calls }) => calls.usage()))
  const sum = (of: (usage: Awaited<ReturnType<WindowCalls['usage']>>) => number): number =>
    after.reduce((total, usage, index) => total + of(usage) - (before[index] ? of(before[index]) : 0), 0)
  return {
    main,
    windows: sum((usage) => usage.cpu),
    wall: took,
    down,
    up: { messages: sum((usage) => usage.sent.messages), bytes: sum((usage) => usage.sent.bytes) },
    renders: sum((usage) => usage.renders),
    ...(result?.visible ? { visible: result.visible } : {}),
  }
}

/** Windows that show nothing are not waited for. */
const awaited = (): number => (setup.contestant === 'nothing' ? 0 : windows.length)

const calls: LabCalls = {
  async start(given) {
    setup = given
    const { main } = await contestants[given.contestant]()
    side = await main(makeState(given.entities, given.length), given.settings ?? {})
  },
  async prepareWindow() {
    prepared = await openWindow()
  },
  async open(count) {
    let last: Measured | undefined
    for (let n = 0; n < count; n++) {
      const window = prepared ?? (await openWindow())
      prepared = undefined
      let joining = 0
      last = await measured(async () => {
        side.open(window.end)
        joining = await window.calls.join()
      })
      const { sent } = await window.calls.usage()
      last = { ...last, windows: joining, up: sent }
      windows.push(window)
    }
    return last as Measured
  },
  async closeAll() {
    for (const { end, worker } of windows) {
      side.close?.(end)
      end.webContents.destroy()
      await worker.terminate()
    }
    windows.length = 0
  },
  async watch(kind, ids) {
    signals.reset()
    await Promise.all(windows.map((window) => window.calls.watch(kind, ids)))
  },
  async weigh(on) {
    traffic.weighing = on
    await Promise.all(windows.map((window) => window.calls.weigh(on)))
  },
  async prefill(id, length) {
    side.append(id, 'x'.repeat(length))
    appended += length
    await signals.until(awaited(), appended)
  },
  scalar: (task) =>
    measured(async () => {
      const first = updated
      updated += task.updates
      return { visible: await updates(side, signals, awaited(), first, task) }
    }),
  stream: (task) =>
    measured(async () => {
      appended += await feed(side, task)
      for (const id of task.ids) side.end?.(id)
      await signals.until(awaited(), appended)
    }),
  burst: ({ updates: count, ids }) =>
    measured(async () => {
      for (let n = 0; n < count; n++) side.set(ids[n % ids.length] as string, `m${updated + n}`)
      updated += count
      await signals.until(awaited(), updated - 1)
    }),
  commands: (task) => measured(async () => windows[0]?.calls.commands(task)),
  async heap() {
    const window = prepared ?? windows[0]
    return { main: heap(), window: (await window?.calls.heap()) ?? 0 }
  },
  async readParts() {
    await windows[0]?.calls.readParts(Array.from({ length: setup.entities }, (_, n) => idOf(n)))
  },
  async isInStep() {
    await settle()
    const own = JSON.stringify(side.read())
    const theirs = await Promise.all(windows.map((window) => window.calls.read()))
    return theirs.every((text) => text === own)
  },
}

process.on('message', (call) => {
  void answer(calls, call as Call, (message) => process.send?.(message))
})
process.on('disconnect', () => {
  process.exit()
})
