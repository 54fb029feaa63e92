/** (10) The document alone: one change in a small and in a large state, with the patches that are to be sent. */
import { copyState, Document } from '../../src/document/document.ts'
import type { Bench } from '../bench.ts'
import { cpu } from '../lab/cpu.ts'
import { load } from '../peers/load.ts'
import { figure } from '../report/figures.ts'
import { idOf, makeState, withMetadata, type State } from '../state.ts'

const workload = '10'
const sizes = [1_000, 100_000]
/** The same number in each size, spread over it: an entity that is changed once is likely to be changed again. */
const active = 100

type Step = (id: string, round: number) => void

interface Contestant {
  start(state: State): Promise<Step>
  /** How many changes a repetition takes, in a state of this size. */
  rounds(size: number): number
}

const change = (draft: State, id: string, round: number): void => {
  ;(draft.byId[id] as State['byId'][string]).metadata.model = `model ${round}`
}
const few = (size: number): number => (size > 10_000 ? 3 : 3_000)
const many = (): number => 50_000

const contestants: Readonly<Record<string, Contestant>> = {
  lockstep: {
    rounds: many,
    async start(state) {
      const document = new Document(copyState(state), (error) => {
        throw error
      })
      return (id, round) => {
        const { ops } = document.update((draft) => {
          change(draft as State, id, round)
        })
        document.notify(ops)
      }
    },
  },
  mutative: {
    rounds: few,
    async start(state) {
      const { create } = await load<{
        create(state: State, run: (draft: State) => void, options: object): [State, unknown, unknown]
      }>('mutative')
      let current = state
      return (id, round) => {
        ;[current] = create(current, (draft) => change(draft, id, round), { enablePatches: true })
      }
    },
  },
  immer: {
    rounds: few,
    async start(state) {
      const { enablePatches, produceWithPatches } = await load<{
        enablePatches(): void
        produceWithPatches(state: State, run: (draft: State) => void): [State, unknown, unknown]
      }>('immer')
      enablePatches()
      let current = state
      return (id, round) => {
        ;[current] = produceWithPatches(current, (draft) => {
          change(draft, id, round)
        })
      }
    },
  },
  'valtio (ops, no snapshot)': {
    rounds: many,
    async start(state) {
      const { proxy, subscribe } = await load<{
        proxy(state: State): State
        subscribe(proxy: State, run: (ops: unknown[]) => void, sync: boolean): void
      }>('valtio/vanilla')
      const current = proxy(state)
      subscribe(current, () => {}, true)
      return (id, round) => {
        change(current, id, round)
      }
    },
  },
  'plain spread (no patches)': {
    rounds: few,
    async start(state) {
      let current = state
      return (id, round) => {
        current = withMetadata(current, id, { model: `model ${round}` })
      }
    },
  },
}

const caseOf = (size: number): string => `document alone, ${size.toLocaleString('en')} entities`

export async function documentAlone(bench: Bench): Promise<void> {
  for (const size of sizes) {
    const ids = Array.from({ length: active }, (_, n) => idOf((n * size) / active))
    for (const [contestant, { start, rounds }] of Object.entries(contestants)) {
      bench.progress(`(${workload}) ${caseOf(size)}: ${contestant}`)
      try {
        const step = await start(makeState(size))
        const count = rounds(size)
        const found: number[] = []
        for (let repetition = -2; repetition < bench.repetitions; repetition++) {
          const before = cpu()
          for (let round = 0; round < count; round++) step(ids[round % active] as string, round + repetition)
          if (repetition >= 0) found.push(((cpu() - before) * 1000) / count)
        }
        bench.results.add({ workload, case: caseOf(size), contestant, figures: { 'µs per change': figure(found) } })
      } catch (error) {
        const note = `does not run: ${String(error).split('\n')[0]}`
        bench.results.add({ workload, case: caseOf(size), contestant, figures: {}, note })
      }
    }
  }
  const median = (size: number, name: string): number =>
    bench.results.median(workload, caseOf(size), name, 'µs per change')
  const [small = 0, large = 0] = sizes
  bench.results.atMost(
    workload,
    'flat: 100 times the entities cost at most twice',
    median(large, 'lockstep') / median(small, 'lockstep'),
    2,
  )
  for (const name of Object.keys(contestants).slice(1)) {
    for (const size of sizes)
      bench.results.atMost(
        workload,
        `no more than ${name}, ${caseOf(size)}, as a part of its`,
        median(size, 'lockstep') / median(size, name),
        1,
      )
  }
}
