/** (6) A burst of 100,000 updates in one tick. */
import { closeAll, cpuFigures, peers, repeat, startAll, type Bench } from '../bench.ts'
import type { Lab } from '../lab/lab.ts'
import { figure } from '../report/figures.ts'
import { idOf } from '../state.ts'

const workload = '6'
const entities = 1_000
const ids = Array.from({ length: entities }, (_, n) => idOf(n))
const sizes = [10_000, 100_000]
const caseOf = (updates: number): string => `${updates.toLocaleString('en')} updates in one tick`

export async function burst(bench: Bench): Promise<void> {
  for (const updates of sizes) {
    const of = caseOf(updates)
    const counts = new Map<Lab, number>()
    const entrants = await startAll(
      bench,
      workload,
      of,
      (['raw', 'lockstep', ...(updates === 100_000 ? peers : [])] as const).map((contestant) => ({
        contestant,
        entities,
      })),
      async (lab) => {
        await lab.calls.open(1)
        await lab.calls.watch('component', ids)
        let fitting = 10
        for (let size = 10, wall = 0; size <= updates && wall < 400 * bench.share; size *= 10) {
          ;({ wall } = await lab.calls.burst({ updates: size, ids }))
          fitting = Math.max(10, Math.floor(((1500 * bench.share) / wall) * size))
        }
        counts.set(lab, Math.min(updates, lab.setup.contestant === 'lockstep' ? updates : fitting))
      },
    )
    const found = await repeat(bench, workload, of, entrants, (lab) =>
      lab.calls.burst({ updates: counts.get(lab) as number, ids }),
    )
    for (const { name, lab } of entrants) {
      const measured = found.get(name)
      const count = counts.get(lab) as number
      if (measured === undefined) continue
      const scale = updates / count
      bench.results.add({
        workload,
        case: of,
        contestant: name,
        figures: {
          ...cpuFigures(measured, 1 / scale, 'ms'),
          frames: figure(measured.map(({ down }) => Math.round(down.messages * scale))),
        },
        ...(scale > 1 ? { note: `${count.toLocaleString('en')} updates, times ${scale.toFixed(0)}` } : {}),
      })
    }
    closeAll(entrants)
  }
  const { results } = bench
  const median = (updates: number, name: string): number => results.median(workload, caseOf(updates), 'lockstep', name)
  for (const updates of sizes) results.atMost(workload, `one frame, ${caseOf(updates)}`, median(updates, 'frames'), 1)
  const growth = median(100_000, 'both, ms') / median(10_000, 'both, ms')
  results.atMost(workload, 'no quadratic step: ten times the updates cost at most 15 times', growth, 15)
  for (const name of peers) {
    const times = median(100_000, 'both, ms') / results.median(workload, caseOf(100_000), name, 'both, ms')
    if (!Number.isNaN(times)) results.atMost(workload, `no more CPU than ${name}, as a part of its`, times, 1)
  }
}
