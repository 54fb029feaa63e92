/** (5) 1,000 components, and what one of them shows changes. */
import { closeAll, cpuFigures, feedingCost, peers, repeat, startAll, type Bench } from '../bench.ts'
import type { Lab } from '../lab/lab.ts'
import { figure } from '../report/figures.ts'
import { idOf } from '../state.ts'

const workload = '5'
const tick = 18
const entities = 1_000
const counts = [10, 1_000]
const caseOf = (components: number): string => `${components.toLocaleString('en')} components, one changes`

export async function components(bench: Bench): Promise<void> {
  for (const count of counts) {
    const of = caseOf(count)
    const updates = new Map<Lab, number>()
    const entrants = await startAll(
      bench,
      workload,
      of,
      (['nothing', 'lockstep', ...peers] as const).map((contestant) => ({ contestant, entities })),
      async (lab) => {
        await lab.calls.open(1)
        await lab.calls.watch(
          'component',
          Array.from({ length: count }, (_, n) => idOf(n)),
        )
        const { wall } = await lab.calls.scalar({ updates: 3, tick, ids: [idOf(3)] })
        const fitting = Math.max(2, Math.floor((900 * bench.share) / (wall / 3)))
        updates.set(lab, Math.min(fitting, 50))
        await lab.calls.scalar({ updates: Math.min(fitting, 50), tick, ids: [idOf(3)] })
      },
    )
    const found = await repeat(bench, workload, of, entrants, (lab) =>
      lab.calls.scalar({ updates: updates.get(lab) as number, tick, ids: [idOf(3)] }),
    )
    const idle = found.get('nothing') ?? []
    const feeding = feedingCost(idle, idle[0]?.visible?.length ?? 1)
    for (const { name, lab } of entrants) {
      const measured = found.get(name)
      const each = updates.get(lab) as number
      if (measured === undefined || name === 'nothing') continue
      bench.results.add({
        workload,
        case: of,
        contestant: name,
        figures: {
          ...cpuFigures(measured, each, 'ms', feeding),
          renders: figure(measured.map(({ renders }) => renders / each)),
        },
      })
    }
    closeAll(entrants)
  }
  const { results } = bench
  const windows = (count: number): number => results.median(workload, caseOf(count), 'lockstep', 'windows, ms')
  results.atMost(
    workload,
    'flat: 100 times the components cost the window at most 1.5 times',
    windows(1000) / windows(10),
    1.5,
  )
  results.atMost(
    workload,
    'a change renders one component',
    results.median(workload, caseOf(1000), 'lockstep', 'renders'),
    1,
  )
}
