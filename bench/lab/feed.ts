/** How changes are fed to a contestant's main side. */
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises'
import type { MainSide } from './contestant.ts'
import type { ScalarTask, StreamTask } from './protocol.ts'
import { wallClock, type Signals } from './signals.ts'

/** Tokens of five characters, as a model sends them. */
const tokens = Array.from({ length: 997 }, (_, n) => ` ${(n * 7919).toString(36).padStart(4, 'x').slice(-4)}`)
export const chunkLength = 5

/** Chunks at a given rate come a few at a time, as they do from a socket, so that feeding is not all that is measured. */
const feedInterval = 5

/** Feeds chunks; returns how many characters. */
export async function feed(side: MainSide, { ids, chunks, rate }: StreamTask): Promise<number> {
  const start = wallClock()
  let fed = 0
  while (fed < chunks) {
    const due = rate === 0 ? fed + 1 : Math.min(chunks, Math.floor(((wallClock() - start) * rate) / 1000))
    for (; fed < due; fed++) for (const id of ids) side.append(id, tokens[fed % tokens.length] as string)
    if (rate === 0) await turn()
    else await delay(feedInterval)
  }
  return chunks * chunkLength * ids.length
}

/**
 * One change after the other: the next not before the last is visible in all windows. That is looked up at each tick,
 * since being told would cost something. Returns how many ms each took to be visible.
 */
export async function updates(
  side: MainSide,
  signals: Signals,
  windows: number,
  first: number,
  { updates: count, tick, ids }: ScalarTask,
): Promise<number[]> {
  const visible: number[] = []
  for (let n = 0; n < count; n++) {
    const value = first + n
    const start = wallClock()
    side.set(ids[n % ids.length] as string, `m${value}`)
    do await delay(tick)
    while (!everyone(signals, windows, value))
    let last = start
    for (let index = 0; index < windows; index++) last = Math.max(last, signals.time(index))
    visible.push(last - start)
  }
  return visible
}

function everyone(signals: Signals, windows: number, value: number): boolean {
  for (let index = 0; index < windows; index++) if (signals.shown(index) < value) return false
  return true
}

/** Long enough for whatever is still under way. */
export async function settle(): Promise<void> {
  await delay(600)
}
