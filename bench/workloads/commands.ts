/** (4) 10,000 commands from a window, beside bare `invoke`s. */
import { closeAll, cpuFigures, repeat, startAll, type Bench } from '../bench.ts'
import { figure } from '../report/figures.ts'

const workload = '4'
const commands = 10_000
const cases = [
  { name: '10,000 commands, one after the other', parallel: 1 },
  { name: '10,000 commands, 100 at a time', parallel: 100 },
] as const

export async function commandCalls(bench: Bench): Promise<void> {
  for (const { name: of, parallel } of cases) {
    // For each contestant alike: what is slower is measured in fewer, as its figures say.
    const counts = new Map<string, number>()
    const entrants = await startAll(
      bench,
      workload,
      of,
      (['bare invoke', 'lockstep, no effect', 'lockstep', 'tab-updated', 'zubridge'] as const).map((contestant) => ({
        contestant,
        entities: 1_000,
      })),
      async (lab) => {
        await lab.calls.open(1)
        const { wall } = await lab.calls.commands({ commands: 200, parallel })
        const fitting = Math.floor(((3000 * bench.share) / wall) * 200)
        counts.set(lab.setup.contestant, Math.max(100, Math.min(commands, fitting)))
        await lab.calls.commands({ commands: Math.min(fitting, 2000), parallel })
      },
    )
    const found = await repeat(bench, workload, of, entrants, (lab) =>
      lab.calls.commands({ commands: counts.get(lab.setup.contestant) as number, parallel }),
    )
    for (const { name } of entrants) {
      const measured = found.get(name)
      const count = counts.get(name) ?? commands
      if (measured === undefined) continue
      bench.results.add({
        workload,
        case: of,
        contestant: name,
        figures: {
          ...cpuFigures(measured, count / 1000, 'µs each'),
          'messages each': figure(measured.map(({ down, up }) => (down.messages + up.messages) / count)),
        },
        ...(count < commands ? { note: `${count.toLocaleString('en')} commands` } : {}),
      })
    }
    closeAll(entrants)
    const both = (name: string): number => bench.results.median(workload, of, name, 'both, µs each')
    for (const name of ['lockstep, no effect', 'lockstep'])
      bench.results.atMost(workload, `${name}: at most twice a bare invoke, ${of}`, both(name) / both('bare invoke'), 2)
  }
}
