/** (12) Workloads (1) to (4), (8) and (9) in a real Electron: Lockstep, the limit and the patterns written by hand. */
import { findElectron } from '../../scripts/runtimes.ts'
import type { Bench } from '../bench.ts'
import type { ContestantName } from '../contestants/index.ts'
import { commands, updates, type Cost, type Found, type Order, type Task } from '../electron/protocol.ts'
import { build, order, type Built } from '../lab/real-electron.ts'
import { figure } from '../report/figures.ts'

const workload = '12'
const limit = 'raw, 16 ms batches'
const byHand = ['tab-updated', 'full state'] as const

interface Case {
  readonly name: string
  /** What its figures are divided by, for its unit. */
  readonly per: number
  readonly unit: string
  /** Whether what `nothing` costs is feeding, and taken off main's figure. */
  readonly fed: boolean
}

const cases: Readonly<Record<keyof Found, Case>> = {
  late: { name: 'in Electron: late window, 10,000 entities', per: 1, unit: 'ms', fed: false },
  scalar: { name: 'in Electron: one scalar in 10,000 entities', per: updates, unit: 'ms', fed: true },
  stream: { name: 'in Electron: 8,000 chunks at 1,000/s, 1 window reads it live', per: 8, unit: 'ms/s', fed: true },
  'ten streams': {
    name: 'in Electron: ten streams of 100 chunks/s to five windows, 25 s in all',
    per: 5,
    unit: 'ms/s',
    fed: true,
  },
  'cold start': { name: 'in Electron: from import to first value, 100 entities', per: 1, unit: 'ms', fed: false },
  'one by one': {
    name: `in Electron: ${commands} commands, one after the other`,
    per: commands / 1000,
    unit: 'µs each',
    fed: false,
  },
  together: {
    name: `in Electron: ${commands} commands, 100 at a time`,
    per: commands / 1000,
    unit: 'µs each',
    fed: false,
  },
}

type Entrants = readonly (readonly [name: string, ContestantName])[]

const entrants: Entrants = [
  ['nothing', 'nothing'],
  [limit, 'raw'],
  ['lockstep', 'lockstep'],
  ...byHand.map((name) => [name, name] as const),
]
const entrantsOf: Readonly<Partial<Record<Task, Entrants>>> = {
  'cold start': [
    ['nothing', 'nothing'],
    ['by hand', 'tab-updated'],
    ['lockstep', 'lockstep'],
  ],
  commands: (['bare invoke', 'lockstep, no effect', 'lockstep', 'tab-updated'] as const).map((name) => [name, name]),
}

export async function realElectron(bench: Bench): Promise<void> {
  const electron = findElectron(true)
  if (electron.path === undefined) {
    bench.results.add({ workload, case: 'in Electron', contestant: 'all', figures: {}, note: electron.reason })
    return
  }
  const built = await build()
  try {
    const run = (task: Task): Promise<void> => runTask(bench, electron.path, built, task)
    for (const task of ['state', 'stream', 'ten streams', 'cold start', 'commands'] as const) await run(task)
  } finally {
    built.remove()
  }
  claims(bench)
}

async function runTask(bench: Bench, path: string, built: Built, task: Task): Promise<void> {
  const isCold = task === 'cold start'
  let idle: Found | undefined
  for (const [name, contestant] of entrantsOf[task] ?? entrants) {
    const progress = (text: string): void => bench.progress(`(${workload}) in Electron: ${task}, ${name}, ${text}`)
    progress('starting')
    const what: Order = {
      task,
      contestant,
      repetitions: isCold ? bench.repetitions * 2 : bench.repetitions,
      settings: contestant === 'raw' ? { batch: 16 } : {},
      chunks: chunksOf(task, contestant),
    }
    try {
      const found = await order(path, built, what, progress)
      if (contestant === 'nothing') idle = found
      if (contestant !== 'nothing' || isCold) report(bench, name, found, idle, what)
    } catch (error) {
      const note = String(error).slice(0, 300)
      bench.results.add({ workload, case: `in Electron: ${task}`, contestant: name, figures: {}, note })
    }
  }
}

/** To each stream in a repetition. Of the whole state, which takes many times as long as it may, it is a part, to be scaled up. */
function chunksOf(task: Task, contestant: ContestantName): number {
  // Feeding costs as much as sending: what is left when it is taken off is sure only over some seconds.
  if (task !== 'stream' && task !== 'ten streams') return 1
  const all = task === 'stream' ? 8_000 : 500
  return contestant === 'full state' ? all / 40 : all
}

function report(bench: Bench, contestant: string, found: Found, idle: Found | undefined, what: Order): void {
  for (const [key, costs] of Object.entries(found) as [keyof Found, readonly Cost[]][]) {
    const { name: of, per, unit, fed } = cases[key]
    const part = what.chunks / chunksOf(what.task, 'lockstep')
    // They do not take turns here, so that one repetition of theirs has nothing to do with one of these.
    const feeding = fed ? figure((idle?.[key] ?? []).map(({ main }) => main)).median / per : 0
    const main = costs.map((cost) => cost.main / per / part - feeding)
    const windows = costs.map((cost) => cost.windows / per / part)
    bench.results.add({
      workload,
      case: of,
      contestant,
      figures: {
        [`main, ${unit}`]: figure(main),
        [`windows, ${unit}`]: figure(windows),
        [`both, ${unit}`]: figure(main.map((value, index) => value + (windows[index] as number))),
        // Those who send by IPC are not counted.
        ...(costs.some(({ frames }) => frames > 0) ? { frames: figure(costs.map(({ frames }) => frames / part)) } : {}),
      },
      ...(part < 1 ? { note: `${what.chunks} chunks, times ${1 / part}` } : {}),
    })
  }
}

function claims({ results }: Bench): void {
  const both = (name: string, { name: of, unit }: Case): number => results.median(workload, of, name, `both, ${unit}`)
  const perFrame = (name: string, of: Case): number =>
    both(name, of) / results.median(workload, of.name, name, 'frames')
  const times = (of: Case): number => both('lockstep', of) / both(limit, of)
  const { late, scalar, stream, 'ten streams': ten, 'cold start': cold } = cases
  const atMost = (claim: string, of: Case, value: number, most: number): void =>
    results.atMost(workload, `${claim}, ${of.name}`, value, most)
  atMost("CPU of both sides at most 1.5 times the limit's", scalar, times(scalar), 1.5)
  atMost('ready in at most 1.3 times stringify, send and parse', late, times(late), 1.3)
  for (const each of [stream, ten])
    atMost(
      "CPU at most twice the limit's at the same number of frames",
      each,
      perFrame('lockstep', each) / perFrame(limit, each),
      2,
    )
  for (const each of [scalar, stream, late, ten])
    for (const name of byHand)
      atMost(
        `no more CPU than ${name}`,
        { ...each, name: `${each.name}, as a part of its` },
        both('lockstep', each) / both(name, each),
        1,
      )
  for (const each of [cases['one by one'], cases.together])
    for (const name of ['lockstep, no effect', 'lockstep'])
      atMost(`${name}: at most twice a bare invoke`, each, both(name, each) / both('bare invoke', each), 2)
  const window = (name: string): number => results.median(workload, cold.name, name, 'windows, ms')
  atMost('at most 5 ms CPU in the window on top of an empty module', cold, window('lockstep') - window('nothing'), 5)
}
