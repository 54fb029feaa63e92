/** (1) One scalar change in 1,000, 10,000 and 100,000 entities. */
import { closeAll, cpuFigures, feedingCost, peers, repeat, startAll, type Bench } from '../bench.ts'
import type { Lab } from '../lab/lab.ts'
import { figure } from '../report/figures.ts'
import { idOf } from '../state.ts'

const workload = '1'
const tick = 18
const sizes = [1_000, 10_000, 100_000]
/** So often the same happens before anything is measured: an application that has run for a while is what is compared. */
const warmUps = 2000
/** JSON around the op of a frame. */
const framing = 32

export async function scalar(bench: Bench): Promise<void> {
  for (const entities of sizes) await size(bench, entities)
  claims(bench)
}

const caseOf = (entities: number): string => `one scalar in ${entities.toLocaleString('en')} entities`

async function size(bench: Bench, entities: number): Promise<void> {
  const of = caseOf(entities)
  const ids = Array.from({ length: 10 }, (_, n) => idOf((n * entities) / 10))
  const counts = new Map<Lab, number>()
  const bytes = new Map<Lab, number>()
  const warmingUp = new Map<Lab, number>()
  const entrants = await startAll(
    bench,
    workload,
    of,
    (['nothing', 'raw', 'lockstep', ...peers] as const).map((contestant) => ({ contestant, entities })),
    async (lab) => {
      await lab.calls.open(1)
      await lab.calls.watch('component', ids)
      await lab.calls.weigh(true)
      const weighed = await lab.calls.scalar({ updates: 2, tick, ids })
      bytes.set(lab, weighed.down.bytes / 2)
      await lab.calls.weigh(false)
      const { wall } = await lab.calls.scalar({ updates: 2, tick, ids })
      const fitting = (ms: number): number => Math.max(2, Math.floor(ms / (wall / 2)))
      counts.set(lab, Math.min(fitting(1800 * bench.share), 100))
      warmingUp.set(lab, wall / 2 < 2 * tick ? warmUps : fitting(3000))
    },
  )
  bench.progress(`(${workload}) ${of}: all warm up`)
  await Promise.all(entrants.map(({ lab }) => lab.calls.scalar({ updates: warmingUp.get(lab) as number, tick, ids })))
  const found = await repeat(bench, workload, of, entrants, (lab) =>
    lab.calls.scalar({ updates: counts.get(lab) as number, tick, ids }),
  )
  const idle = found.get('nothing') ?? []
  const feeding = feedingCost(idle, idle[0]?.visible?.length ?? 1)
  for (const { name, lab } of entrants) {
    const measured = found.get(name)
    if (measured === undefined || name === 'nothing') continue
    const updates = counts.get(lab) as number
    bench.results.add({
      workload,
      case: of,
      contestant: name,
      figures: {
        ...cpuFigures(measured, updates, 'ms', feeding),
        bytes: figure([bytes.get(lab) as number]),
        'visible after, ms': figure(measured.flatMap(({ visible }) => visible ?? [])),
      },
    })
  }
  closeAll(entrants)
}

function claims({ results }: Bench): void {
  const both = (entities: number, name: string): number => results.median(workload, caseOf(entities), name, 'both, ms')
  for (const entities of sizes) {
    results.atMost(
      workload,
      `CPU of both sides at most 1.5 times the limit's, ${caseOf(entities)}`,
      both(entities, 'lockstep') / both(entities, 'raw'),
      1.5,
    )
    const bytes = (name: string): number => results.median(workload, caseOf(entities), name, 'bytes')
    results.atMost(
      workload,
      `bytes at most 1.5 times the smallest JSON op plus framing (${framing}), ${caseOf(entities)}`,
      bytes('lockstep'),
      1.5 * bytes('raw') + framing,
    )
    for (const name of peers) {
      const theirs = both(entities, name)
      if (Number.isNaN(theirs)) continue
      results.atMost(
        workload,
        `no more CPU than ${name}, ${caseOf(entities)}, as a part of its`,
        both(entities, 'lockstep') / theirs,
        1,
      )
    }
  }
  const best = Math.min(...peers.map((name) => both(100_000, name)).filter((value) => !Number.isNaN(value)))
  const times = best / both(100_000, 'lockstep')
  results.claim(
    workload,
    'at 100,000 entities at least 300 times less CPU than the best peer',
    times >= 300,
    `${times.toFixed(0)} times`,
  )
}
