/** What a contestant does in a real Electron, and what that costs. */
import { setTimeout as delay } from 'node:timers/promises'
import { contestants } from '../contestants/index.ts'
import type { MainSide } from '../lab/contestant.ts'
import { chunkLength, feed } from '../lab/feed.ts'
import { idOf, makeState } from '../state.ts'
import { spentBy } from './cpu.ts'
import { commands, updates, type Cost, type Found, type Order } from './protocol.ts'
import { Window } from './window.ts'

const warmUps = 1000
/** Repetitions of a stream before the first that counts. */
const warmUpStreams = 3
/** Ms from one update to the next. */
const tick = 20
/** Ms after which nothing is under way any more. */
const quiet = 300

export async function measured(windows: readonly Window[], run: () => Promise<unknown>): Promise<Cost> {
  const sent = frames(windows)
  const pages = spentBy(windows.map(({ pid }) => pid))
  const main = spentBy([process.pid])
  await run()
  return { main: main(), windows: pages(), frames: (frames(windows) - sent) / windows.length }
}

/** @param repetition below 0 for those that do not count. */
function progress(repetition: number, { repetitions }: Order): void {
  console.log(`PROGRESS ${repetition < 0 ? 'warming up' : `${repetition + 1} of ${repetitions}`}`)
}

function frames(windows: readonly Window[]): number {
  return windows.reduce((sum, window) => sum + window.frames, 0)
}

async function makeSide({ contestant, settings }: Order, entities: number): Promise<MainSide> {
  const { main } = await contestants[contestant]()
  return main(makeState(entities), settings)
}

/** A window that has loaded its code, and has not joined yet. */
async function load({ contestant }: Order): Promise<Window> {
  const window = await Window.load(`?${contestant}`)
  await delay(quiet)
  return window
}

async function join(side: MainSide, window: Window): Promise<void> {
  const ready = window.says('ready')
  side.open(window.connect())
  await ready
}

/** (1) and (3): a window joins late, and one scalar changes after the other. */
export async function late(order: Order): Promise<Found> {
  const side = await makeSide(order, 10_000)
  const found: { late: Cost[]; scalar: Cost[] } = { late: [], scalar: [] }
  // Once beforehand, as a main process that has run for a while.
  for (let repetition = -1; repetition < order.repetitions; repetition++) {
    progress(repetition, order)
    const window = await load(order)
    const late = await measured([window], () => join(side, window))
    await delay(quiet)
    if (repetition >= 0) found.late.push(late)
    side.close?.(window.connect())
    window.close()
    await delay(quiet)
  }
  const window = await load(order)
  await join(side, window)
  let changes = 0
  const change = async (times: number): Promise<void> => {
    for (let n = 0; n < times; n++) {
      side.set(idOf(n % 10), `m${changes++}`)
      await delay(tick)
    }
  }
  // An application that has run for a while; who falls behind anyway need not fall behind for long.
  await change(order.contestant === 'full state' ? warmUps / 50 : warmUps)
  for (let repetition = 0; repetition < order.repetitions; repetition++)
    found.scalar.push(await measured([window], () => change(updates)))
  window.close()
  return found
}

/** (4): a window asks main for something, one command after the other and 100 at a time. */
export async function called(order: Order): Promise<Found> {
  const side = await makeSide(order, 1_000)
  const window = await load(order)
  await join(side, window)
  const ask = async (parallel: number): Promise<void> => {
    const answered = window.says('answered')
    window.tell('command', commands, parallel)
    await answered
  }
  const found: { 'one by one': Cost[]; together: Cost[] } = { 'one by one': [], together: [] }
  for (let repetition = -1; repetition < order.repetitions; repetition++) {
    progress(repetition, order)
    for (const [key, parallel] of [
      ['one by one', 1],
      ['together', 100],
    ] as const) {
      const cost = await measured([window], () => ask(parallel))
      if (repetition >= 0) found[key].push(cost)
      await delay(quiet)
    }
  }
  window.close()
  return found
}

/** (2) and (9): answers grow, and every window reads them live. */
export async function stream(order: Order, windowCount: number, streams: number): Promise<Cost[]> {
  const side = await makeSide(order, 1_000)
  const windows: Window[] = []
  for (let n = 0; n < windowCount; n++) {
    const window = await load(order)
    await join(side, window)
    windows.push(window)
  }
  const found: Cost[] = []
  let expected = 0
  for (let repetition = -warmUpStreams; repetition < order.repetitions; repetition++) {
    progress(repetition, order)
    // One answer is another one each time, ten go on.
    const ids = Array.from({ length: streams }, (_, n) => idOf(streams === 1 ? repetition + warmUpStreams : n))
    if (repetition === -warmUpStreams || streams === 1) for (const window of windows) window.tell('watch', ids)
    expected += order.chunks * streams * chunkLength
    for (const window of windows) window.tell('await', expected)
    await delay(quiet)
    const cost = await measured(windows, async () => {
      const shown = order.contestant === 'nothing' ? [] : windows.map((window) => window.says('shown'))
      await feed(side, { ids, chunks: order.chunks, rate: streams === 1 ? 1000 : 100 })
      for (const id of ids) side.end?.(id)
      await Promise.all(shown)
    })
    if (repetition >= 0) found.push(cost)
  }
  for (const window of windows) window.close()
  return found
}
