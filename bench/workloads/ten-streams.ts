/** (9) Ten streams at once, for a minute in all, to five windows that read all of them live. */
import { closeAll, cpuFigures, feedingCost, peers, repeat, rightDuring, startAll, type Bench } from '../bench.ts'
import { chunkLength } from '../lab/feed.ts'
import type { Lab } from '../lab/lab.ts'
import { figure } from '../report/figures.ts'
import { idOf } from '../state.ts'

const workload = '9'
const of = 'ten streams of 100 chunks/s to five windows'
const limit = 'raw, 16 ms batches'
const windows = 5
const ids = Array.from({ length: 10 }, (_, n) => idOf(n))
const rate = 100
/** In all: each repetition goes on where the one before has ended. The peers' texts stay shorter, in their favour. */
const seconds = { ours: 60, others: 10 } as const
const perFrame = 96

interface Weight {
  readonly bytes: number
  readonly frames: number
  readonly text: number
}

export async function tenStreams(bench: Bench): Promise<void> {
  const portions = new Map<Lab, number>()
  const weights = new Map<string, Weight>()
  const entrants = await startAll(
    bench,
    workload,
    of,
    [
      { contestant: 'nothing', entities: 1_000 },
      { contestant: 'raw', name: limit, entities: 1_000, settings: { batch: 16 } },
      { contestant: 'lockstep', entities: 1_000 },
      ...peers.map((contestant) => ({ contestant, entities: 1_000 })),
    ],
    async (lab) => {
      await lab.calls.open(windows)
      await lab.calls.watch('reader', ids)
      const isLong = lab.setup.contestant === 'raw' || lab.setup.contestant === 'lockstep'
      const all = ((isLong ? seconds.ours : seconds.others) / bench.repetitions) * bench.share * rate
      // Not everybody keeps up.
      const { wall } = await lab.calls.stream({ ids, chunks: rate / 10, rate })
      portions.set(lab, Math.max(5, Math.round(wall > 300 ? (all * 100) / wall : all)))
    },
  )
  for (const { name, lab } of entrants) {
    const chunks = Math.min(rate, portions.get(lab) as number)
    await lab.calls.weigh(true)
    const { down } = await lab.calls.stream({ ids, chunks, rate })
    await lab.calls.weigh(false)
    const text = chunks * chunkLength * ids.length
    weights.set(name, { bytes: down.bytes / windows, frames: down.messages / windows, text })
  }
  const found = await repeat(bench, workload, of, entrants, (lab) =>
    lab.calls.stream({ ids, chunks: portions.get(lab) as number, rate }),
  )
  const secondsOf = (lab: Lab): number => (portions.get(lab) as number) / rate
  const idle = entrants.find(({ name }) => name === 'nothing') as (typeof entrants)[number]
  const feeding = feedingCost(found.get('nothing') ?? [], secondsOf(idle.lab))
  for (const { name, lab } of entrants) {
    const measured = found.get(name)
    if (measured === undefined || name === 'nothing') continue
    const each = secondsOf(lab)
    const { bytes, text } = weights.get(name) as Weight
    bench.results.add({
      workload,
      case: of,
      contestant: name,
      figures: {
        ...cpuFigures(measured, each, 'ms/s', feeding),
        'messages/s to each': figure(measured.map(({ down }) => down.messages / windows / each)),
        'bytes to each, times the text': figure([bytes / text]),
      },
      note: `${(each * bench.repetitions).toFixed(1)} s in all`,
    })
  }
  closeAll(entrants)
  claims(bench, weights.get('lockstep'))
}

function claims({ results }: Bench, weight: Weight | undefined): void {
  if (weight !== undefined) {
    const { bytes, frames, text } = weight
    // A frame has a piece of each text, in quotes.
    const quotes = 2 * ids.length * frames
    const claim = `bytes at most the texts as JSON plus ${perFrame} for each text in a frame`
    results.atMost(workload, claim, bytes, text + quotes + perFrame * ids.length * frames)
  }
  const both = (name: string): number => results.median(workload, of, name, 'both, ms/s')
  const perMessage = (name: string): number => both(name) / results.median(workload, of, name, 'messages/s to each')
  results.atMost(
    workload,
    "CPU at most twice the limit's at the same number of frames",
    perMessage('lockstep') / perMessage(limit),
    2,
  )
  for (const name of peers) {
    if (Number.isNaN(both(name))) continue
    const times = both(name) / both('lockstep')
    const least = rightDuring.includes(name) ? 10 : 1
    const claim = least === 1 ? `less CPU than ${name}` : `at least 10 times less CPU than ${name}`
    results.claim(workload, claim, times >= least, `${times.toFixed(1)} times less`)
  }
}
