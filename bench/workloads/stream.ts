/** (2) One answer of 200 KB in 40,000 chunks beside 1,000 other entities. */
import {
  closeAll,
  cpuFigures,
  feedingCost,
  peers,
  repeat,
  rightDuring,
  startAll,
  type Bench,
  type Entrant,
} from '../bench.ts'
import type { ContestantName } from '../contestants/index.ts'
import { chunkLength } from '../lab/feed.ts'
import type { Lab } from '../lab/lab.ts'
import type { Measured, Watch } from '../lab/protocol.ts'
import { figure, type Figure } from '../report/figures.ts'
import { idOf } from '../state.ts'

const workload = '2'
const answer = 40_000
const entities = 1_000
/** What the store's own pace is, with and without a live reader. */
const pace: Readonly<Record<Case['watch'], number>> = { reader: 16, store: 500 }
const perFrame = 96
/** Before anything is measured at a pace, so that what is compared are applications that have run for a while. */
const warmUpSeconds = 20
/** Those that come nearest; what holds against them holds against the others. */
const cheapest: readonly ContestantName[] = ['tab-updated', 'electron-redux', 'yjs', 'tinybase']

interface Case {
  readonly name: string
  readonly windows: number
  readonly watch: Exclude<Watch, 'component'>
  /** Chunks a second; 0: as fast as it goes. */
  readonly rate: number
  readonly others: readonly ContestantName[]
}

const cases: readonly Case[] = [
  { name: 'as fast as it goes, 1 window reads it live', windows: 1, watch: 'reader', rate: 0, others: peers },
  { name: 'as fast as it goes, 5 windows read it live', windows: 5, watch: 'reader', rate: 0, others: cheapest },
  { name: 'as fast as it goes, 1 window, no live reader', windows: 1, watch: 'store', rate: 0, others: [] },
  { name: 'as fast as it goes, 5 windows, no live reader', windows: 5, watch: 'store', rate: 0, others: [] },
  { name: '1,000 chunks/s, 1 window reads it live', windows: 1, watch: 'reader', rate: 1000, others: peers },
  { name: '1,000 chunks/s, 5 windows read it live', windows: 5, watch: 'reader', rate: 1000, others: cheapest },
  { name: '1,000 chunks/s, 1 window, no live reader', windows: 1, watch: 'store', rate: 1000, others: [] },
  { name: '1,000 chunks/s, 5 windows, no live reader', windows: 5, watch: 'store', rate: 1000, others: [] },
]

export async function stream(bench: Bench): Promise<void> {
  for (const each of cases) await run(bench, each)
}

/** How much of the answer a contestant is given in a repetition, and where. */
interface Portion {
  readonly chunks: number
  /** Half of the answer is there before, and all repetitions go on with it: each is a sample from its middle. */
  readonly sampled: boolean
}

async function run(bench: Bench, of: Case): Promise<void> {
  const limit = `raw, ${pace[of.watch]} ms batches`
  const portions = new Map<Lab, Portion>()
  const weights = new Map<string, { bytes: number; frames: number; text: number }>()
  const setup = (contestant: ContestantName) => ({ contestant, entities })
  const entrants = await startAll(
    bench,
    workload,
    of.name,
    [
      setup('nothing'),
      { ...setup('raw'), name: limit, settings: { batch: pace[of.watch] } },
      ...(of.watch === 'reader' ? [{ ...setup('raw'), name: 'raw, message per chunk' }] : []),
      setup('lockstep'),
      ...of.others.map(setup),
    ],
    async (lab) => {
      await lab.calls.open(of.windows)
      const ids = Array.from({ length: bench.repetitions + 2 }, (_, n) => idOf(n))
      await lab.calls.watch(of.watch, ids)
      await warmUp(bench, lab, of, portions)
    },
  )
  if (of.rate > 0) {
    bench.progress(`(${workload}) ${of.name}: all warm up`)
    const until = performance.now() + warmUpSeconds * 1000
    await Promise.allSettled(
      entrants.map(async ({ lab }) => {
        // Half a second's at a time: who keeps up with a short text may fall behind with a longer one.
        const chunks = Math.max(20, Math.round((portions.get(lab) as Portion).chunks / 5))
        do await lab.calls.stream({ ids: [idOf(0)], chunks, rate: of.rate })
        while (performance.now() < until)
      }),
      // Who fails here fails again below, where it is told.
    )
  }
  await repeat({ ...bench, repetitions: 1 }, workload, of.name, entrants, async (lab) => {
    const { chunks } = portions.get(lab) as Portion
    await lab.calls.weigh(true)
    const { down } = await lab.calls.stream({ ids: [idOf(0)], chunks, rate: of.rate })
    await lab.calls.weigh(false)
    const { name } = entrants.find((entrant) => entrant.lab === lab) as Entrant
    weights.set(name, {
      bytes: down.bytes / of.windows,
      frames: down.messages / of.windows,
      text: chunks * chunkLength,
    })
  })
  const found = await repeat(bench, workload, of.name, entrants, (lab, repetition) => {
    const { chunks, sampled } = portions.get(lab) as Portion
    const id = sampled ? idOf(0) : idOf(repetition + 2)
    return lab.calls.stream({ ids: [id], chunks, rate: of.rate })
  })
  report(bench, of, entrants, found, portions, weights)
  closeAll(entrants)
  claims(bench, of, limit, weights)
}

/** Finds out how many chunks fit into a repetition, and lets V8 see what there is to optimize. */
async function warmUp(bench: Bench, lab: Lab, of: Case, portions: Map<Lab, Portion>): Promise<void> {
  const id = idOf(0)
  // Some frames at least, where they come each 500 ms.
  const budget = (of.rate === 0 ? 600 : 2500) * bench.share
  let fitting = 20
  if (of.rate > 0) {
    // Not everybody keeps up.
    const chunks = of.rate / 10
    const { wall } = await lab.calls.stream({ ids: [id], chunks, rate: of.rate })
    const keepsUp = wall <= 250 + pace[of.watch]
    const late = keepsUp ? 1 : wall / 100
    fitting = Math.floor((of.rate * budget) / 1000 / late)
  } else {
    // More and more, since what has run a few times only is slow.
    for (let chunks = 20, wall = 0; chunks <= answer / 2 && wall < budget / 4; chunks *= 4) {
      ;({ wall } = await lab.calls.stream({ ids: [id], chunks, rate: of.rate }))
      fitting = Math.floor((budget / wall) * chunks)
    }
  }
  // Who is quick gets all of it: of a part there would be little left to see when what feeding costs is taken off.
  if (of.rate === 0 && fitting >= answer / 8) fitting = answer
  const portion = { chunks: Math.min(answer, Math.max(20, fitting)), sampled: fitting < answer }
  portions.set(lab, portion)
  if (portion.sampled) await lab.calls.prefill(id, (answer * chunkLength) / 2)
  if (of.rate === 0)
    await lab.calls.stream({ ids: [portion.sampled ? id : idOf(1)], chunks: portion.chunks, rate: of.rate })
}

function report(
  { results }: Bench,
  of: Case,
  entrants: readonly Entrant[],
  found: ReadonlyMap<string, readonly Measured[]>,
  portions: ReadonlyMap<Lab, Portion>,
  weights: ReadonlyMap<string, { bytes: number; frames: number; text: number }>,
): void {
  const fed = portions.get((entrants.find(({ name }) => name === 'nothing') as Entrant).lab)?.chunks ?? answer
  const feeding = feedingCost(found.get('nothing') ?? [], fed)
  for (const { name, lab } of entrants) {
    const measured = found.get(name)
    const weight = weights.get(name)
    if (measured === undefined || weight === undefined || name === 'nothing') continue
    const { chunks } = portions.get(lab) as Portion
    const scale = answer / chunks
    const figures = cpuFigures(measured, chunks, 's', feeding, answer / 1000)
    const messages = figure(measured.map(({ down }) => (down.messages / of.windows) * scale))
    results.add({
      workload,
      case: of.name,
      contestant: name,
      figures: { ...figures, messages: round(messages), 'MB to each': figure([(weight.bytes * scale) / 1e6]) },
      ...(scale > 1 ? { note: `${chunks.toLocaleString('en')} chunks, times ${scale.toFixed(0)}` } : {}),
    })
  }
}

function round({ median, least, most }: Figure): Figure {
  return { median: Math.round(median), least: Math.round(least), most: Math.round(most) }
}

function claims(
  { results }: Bench,
  of: Case,
  limit: string,
  weights: ReadonlyMap<string, { bytes: number; frames: number; text: number }>,
): void {
  const median = (name: string, figureName: string): number => results.median(workload, of.name, name, figureName)
  const both = median('lockstep', 'both, s')
  const weight = weights.get('lockstep')
  if (weight !== undefined) {
    results.atMost(
      workload,
      `bytes at most the text as JSON plus ${perFrame} per frame, ${of.name}`,
      weight.bytes,
      weight.text + 2 * weight.frames + perFrame * weight.frames,
    )
  }
  // Per frame, so that a frame more or less is neither's advantage.
  const perMessage = (name: string): number => median(name, 'both, s') / median(name, 'messages')
  results.atMost(
    workload,
    `CPU at most twice the limit's at the same number of frames, ${of.name}`,
    perMessage('lockstep') / perMessage(limit),
    2,
    [limit, 'lockstep'].map((name) => results.find(workload, of.name, name)?.figures['both, s']),
  )
  for (const name of of.others) {
    const theirs = median(name, 'both, s')
    if (Number.isNaN(theirs)) continue
    const times = rightDuring.includes(name) ? 10 : 1
    const claim = times === 1 ? `less CPU than ${name}` : `at least 10 times less CPU than ${name}`
    results.claim(workload, `${claim}, ${of.name}`, theirs >= times * both, `${(theirs / both).toFixed(1)} times less`)
  }
  if (of.windows !== 5) return
  const one = cases.find((each) => each.windows === 1 && each.watch === of.watch && each.rate === of.rate)?.name ?? ''
  const main = (name: string, where: string): number => results.median(workload, where, name, 'main, s')
  const messages = (name: string, where: string): number => results.median(workload, where, name, 'messages')
  const perSend = main(limit, of.name) / messages(limit, of.name) - main(limit, one) / messages(limit, one)
  const sends = perSend * messages('lockstep', of.name)
  results.atMost(
    workload,
    `five windows cost main at most 1.5 times what one costs, the sends apart, ${of.name}`,
    (main('lockstep', of.name) - sends) / main('lockstep', one),
    1.5,
    [one, of.name].map((where) => results.find(workload, where, 'lockstep')?.figures['main, s']),
  )
}
