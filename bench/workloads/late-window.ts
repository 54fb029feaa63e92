/** (3) A window opened late: on 10,000 entities, and on 20 MB. */
import { closeAll, cpuFigures, peers, repeat, startAll, type Bench } from '../bench.ts'
import { idOf } from '../state.ts'
import { figure } from '../report/figures.ts'

const workload = '3'
const cases = [
  { name: 'late window, 10,000 entities', entities: 10_000, length: 0 },
  { name: 'late window, 20 MB', entities: 10_000, length: 1_900 },
] as const

export async function lateWindow(bench: Bench): Promise<void> {
  for (const { name: of, entities, length } of cases) {
    const entrants = await startAll(
      bench,
      workload,
      of,
      (['raw', 'lockstep', ...peers] as const).map((contestant) => ({
        contestant,
        entities,
        length,
        ...(contestant === 'raw' ? { name: 'raw: stringify, send, parse' } : {}),
      })),
      async (lab) => {
        // Once beforehand: main has run for a while when a window opens late; the window itself is new each time.
        await lab.calls.open(1)
        await lab.calls.closeAll()
      },
    )
    const found = await repeat(bench, workload, of, entrants, async (lab) => {
      const measured = await lab.calls.open(1)
      await lab.calls.watch('component', [idOf(0)])
      await lab.calls.closeAll()
      return measured
    })
    for (const { name, lab } of entrants) {
      const measured = found.get(name)
      if (measured === undefined) continue
      await lab.calls.weigh(true)
      const { down } = await lab.calls.open(1)
      bench.results.add({
        workload,
        case: of,
        contestant: name,
        figures: { ...cpuFigures(measured, 1, 'ms'), MB: figure([down.bytes / 1e6]) },
      })
    }
    closeAll(entrants)
    const both = (name: string): number => bench.results.median(workload, of, name, 'both, ms')
    bench.results.atMost(
      workload,
      `ready in at most 1.3 times stringify, send and parse, ${of}`,
      both('lockstep') / both('raw: stringify, send, parse'),
      1.3,
    )
    for (const name of peers) {
      const times = both('lockstep') / both(name)
      if (!Number.isNaN(times))
        bench.results.atMost(workload, `no more CPU than ${name}, ${of}, as a part of its`, times, 1)
    }
  }
}
