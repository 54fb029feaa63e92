/** (7) Memory: the source's side and the window's, as parts of the state's own size. */
import { peers, type Bench } from '../bench.ts'
import { startLab } from '../lab/lab.ts'
import type { ContestantName } from '../contestants/index.ts'
import { figure } from '../report/figures.ts'

const workload = '7'
const entities = 10_000
const length = 500
const of = '10,000 entities of 500 characters, times their own size'

interface Sizes {
  readonly main: number
  readonly window: number
  readonly read: number
}

export async function memory(bench: Bench): Promise<void> {
  const own: number[] = []
  const all = new Map<ContestantName, Sizes[]>()
  const empties = new Map<ContestantName, Sizes>()
  for (let repetition = 0; repetition < bench.repetitions; repetition++) {
    for (const contestant of ['nothing', 'lockstep', ...peers] as const) {
      bench.progress(`(${workload}) memory: ${contestant}, ${repetition + 1} of ${bench.repetitions}`)
      try {
        const sizes = await measure(contestant, empties)
        if (contestant === 'nothing') own.push(sizes.main)
        else all.set(contestant, [...(all.get(contestant) ?? []), sizes])
      } catch (error) {
        const note = `does not run: ${String(error).split('\n')[0]}`
        if (repetition === 0) bench.results.add({ workload, case: of, contestant, figures: {}, note })
      }
    }
  }
  const base = figure(own).median
  for (const [contestant, sizes] of all) {
    bench.results.add({
      workload,
      case: of,
      contestant,
      figures: {
        main: figure(sizes.map(({ main }) => main / base)),
        window: figure(sizes.map(({ window }) => window / base)),
        'window, all parts read': figure(sizes.map(({ read }) => read / base)),
      },
    })
  }
  const median = (name: string): number => bench.results.median(workload, of, 'lockstep', name)
  bench.results.atMost(workload, 'a source takes at most 1.3 times its state', median('main'), 1.3)
  bench.results.atMost(
    workload,
    'a replica whose parts are read takes at most twice',
    median('window, all parts read'),
    2,
  )
}

/** What making a contestant's side of an empty state would take is taken off; that is measured once. */
async function measure(contestant: ContestantName, empties: Map<ContestantName, Sizes>): Promise<Sizes> {
  const empty = empties.get(contestant) ?? (await heaps(contestant, 1))
  empties.set(contestant, empty)
  const full = await heaps(contestant, entities)
  return {
    main: full.main - empty.main,
    window: full.window - empty.window,
    read: full.read - empty.read,
  }
}

async function heaps(contestant: ContestantName, count: number): Promise<Sizes> {
  const lab = await startLab({ contestant, entities: count, length })
  try {
    const { main } = await lab.calls.heap()
    await lab.calls.open(1)
    const { window } = await lab.calls.heap()
    await lab.calls.readParts()
    return { main, window, read: (await lab.calls.heap()).window }
  } finally {
    lab.close()
  }
}
