/** (9) Ten streams at once, for a minute in all, to five windows that each read two of them live. */
import { closeAll, cpuFigures, feedingCost, repeat, startAll, type Bench } from '../bench.ts'
import { figure } from '../report/figures.ts'
import { idOf } from '../state.ts'

const workload = '9'
const of = 'ten streams of 100 chunks/s to five windows'
const ids = Array.from({ length: 10 }, (_, n) => idOf(n))
const rate = 100
const seconds = 60

export async function tenStreams(bench: Bench): Promise<void> {
  // A minute altogether: each repetition goes on where the one before has ended.
  const each = (seconds / bench.repetitions) * bench.share
  const entrants = await startAll(
    bench,
    workload,
    of,
    [
      { contestant: 'nothing', entities: 1_000 },
      { contestant: 'raw', name: 'raw, 16 ms batches', entities: 1_000, settings: { batch: 16 } },
      { contestant: 'lockstep', entities: 1_000 },
      { contestant: 'tab-updated', entities: 1_000 },
      { contestant: 'electron-redux', entities: 1_000 },
      { contestant: 'yjs', entities: 1_000 },
    ],
    async (lab) => {
      await lab.calls.open(5)
      await lab.calls.watch('reader', ids)
      await lab.calls.stream({ ids, chunks: rate, rate })
    },
  )
  const chunks = Math.round(rate * each)
  const found = await repeat(bench, workload, of, entrants, (lab) => lab.calls.stream({ ids, chunks, rate }))
  const feeding = feedingCost(found.get('nothing') ?? [], each)
  for (const { name } of entrants) {
    const measured = found.get(name)
    if (measured === undefined || name === 'nothing') continue
    bench.results.add({
      workload,
      case: of,
      contestant: name,
      figures: {
        ...cpuFigures(measured, each, 'ms/s', feeding),
        'messages/s to each': figure(measured.map(({ down }) => down.messages / 5 / each)),
      },
    })
  }
  closeAll(entrants)
  const { results } = bench
  const perMessage = (name: string): number =>
    results.median(workload, of, name, 'both, ms/s') / results.median(workload, of, name, 'messages/s to each')
  results.atMost(
    workload,
    "CPU at most twice the limit's at the same number of frames",
    perMessage('lockstep') / perMessage('raw, 16 ms batches'),
    2,
  )
}
