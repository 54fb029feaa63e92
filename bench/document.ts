/**
 * What one change costs in a small and in a large state, with the patches that are to be sent: here, in mutative and in
 * immer. `node bench/document.ts`
 */
import { enableMapSet, enablePatches, produceWithPatches } from 'immer'
import { create } from 'mutative'
import { copyState, Document } from '../src/document/document.ts'

interface Entity {
  id: string
  title: string
  metadata: { model: string; response: string }
}
interface State {
  byId: Record<string, Entity> | Map<string, Entity>
}
type Kind = 'record' | 'Map'
type Change = (draft: State, id: string, round: number) => void

interface Contestant {
  readonly name: string
  /** Makes a function that does one change to the state. */
  start(state: State, change: Change): (id: string, round: number) => void
  /** How many changes a repetition takes, in a state of this size. */
  rounds(size: number): number
}

const sizes = [1_000, 100_000] as const
const repetitions = 15
/** The same number in each size, spread over it: an entity that is changed once is likely to be changed again. */
const active = 100

const changes: Readonly<Record<string, Change>> = {
  'set a scalar': (draft, id, round) => {
    get(draft, id).metadata.model = `model ${round}`
  },
  'add 5 characters': (draft, id) => {
    get(draft, id).metadata.response += 'hello'
  },
}

const lockstep: Contestant = {
  name: 'lockstep',
  start(state, change) {
    const document = open(state)
    return (id, round) => {
      const { ops } = document.update((draft) => {
        change(draft as State, id, round)
      })
      document.notify(ops)
    }
  },
  rounds: () => 8_000,
}

const lockstepAppend: Contestant = {
  name: 'lockstep, append()',
  start(state) {
    const document = open(state)
    return (id) => {
      const ops = [{ kind: 'append', path: ['byId', id, 'metadata', 'response'], chunk: 'hello' }] as const
      document.apply(ops)
      document.notify(ops)
    }
  },
  rounds: () => 8_000,
}

const mutative: Contestant = {
  name: 'mutative',
  start(state, change) {
    let current = state
    return (id, round) => {
      const [next] = create(current, (draft) => change(draft, id, round), { enablePatches: true })
      current = next
    }
  },
  rounds: (size) => Math.ceil(100_000 / size),
}

const immer: Contestant = {
  name: 'immer',
  start(state, change) {
    let current = state
    return (id, round) => {
      const [next] = produceWithPatches(current, (draft: State) => {
        change(draft, id, round)
      })
      current = next
    }
  },
  rounds: (size) => Math.ceil(100_000 / size),
}

/** Microseconds per change. */
interface Measured {
  readonly median: number
  readonly least: number
  readonly most: number
}

/** Prints the figures and returns which of the claims hold. */
export function run(): Readonly<Record<string, boolean>> {
  enablePatches()
  enableMapSet()
  const claims: Record<string, boolean> = {}
  console.log(`One change, in microseconds: median of ${repetitions} repetitions (least to most)\n`)
  console.log(row('', ...sizes.map((size) => `${size.toLocaleString('en')} entities`), 'large : small'))
  for (const kind of ['record', 'Map'] as const) {
    for (const [what, change] of Object.entries(changes)) {
      const contestants = [lockstep, ...(what === 'set a scalar' ? [] : [lockstepAppend]), mutative, immer]
      const results = contestants.map((contestant) => measure(contestant, kind, change))
      const theirs = results[contestants.indexOf(mutative)]?.[1]?.median ?? 0
      for (const [index, [small, large]] of results.entries()) {
        const { name } = contestants[index] as Contestant
        if (small === undefined || large === undefined) continue
        const growth = large.median / small.median
        console.log(row(`${kind}, ${what}: ${name}`, format(small), format(large), growth.toFixed(2)))
        if (!name.startsWith('lockstep')) continue
        claims[`${kind}, ${what}, ${name}: at most twice the cost in ${sizes[1] / sizes[0]} times the state`] =
          growth <= 2
        const ratio = theirs / large.median
        claims[
          `${kind}, ${what}, ${name}: 1,000 times less than mutative (${Math.round(ratio).toLocaleString('en')})`
        ] = ratio >= 1000
      }
    }
  }
  Object.assign(claims, listeners())
  console.log()
  for (const [claim, holds] of Object.entries(claims)) console.log(`${holds ? 'holds' : 'FAILS'}  ${claim}`)
  return claims
}

/** One change under 1,000 listeners, each at an entity of its own. */
function listeners(): Record<string, boolean> {
  const document = open(makeState('Map', 1000))
  let calls = 0
  for (let n = 0; n < 1000; n++) document.subscribe(['byId', idOf(n), 'title'], () => calls++)
  const before = calls
  document.notify(
    document.update((draft) => {
      get(draft as State, idOf(500)).title = 'new'
    }).ops,
  )
  return { [`of 1,000 listeners, a change runs 1 (${calls - before})`]: calls - before === 1 }
}

/** Both sizes in turn, so that whatever else the machine does slows both. */
function measure(contestant: Contestant, kind: Kind, change: Change): Measured[] {
  const runs = sizes.map((size) => ({
    step: contestant.start(makeState(kind, size), change),
    rounds: contestant.rounds(size),
    ids: Array.from({ length: active }, (_, n) => idOf((n * size) / active)),
    times: [] as number[],
  }))
  // The first three warm up.
  for (let repetition = -3; repetition < repetitions; repetition++) {
    for (const { step, rounds, ids, times } of runs) {
      const start = performance.now()
      for (let round = 0; round < rounds; round++) step(ids[round % active] as string, round + repetition)
      if (repetition >= 0) times.push(((performance.now() - start) * 1000) / rounds)
    }
  }
  return runs.map(({ times }) => {
    times.sort((a, b) => a - b)
    const at = (place: number) => times[place] as number
    return { median: at(repetitions >> 1), least: at(0), most: at(repetitions - 1) }
  })
}

function open(state: State): Document {
  return new Document(copyState(state), (error) => {
    throw error
  })
}

function makeState(kind: Kind, size: number): State {
  const entries = Array.from({ length: size }, (_, n): [string, Entity] => [
    idOf(n),
    { id: idOf(n), title: `Title ${n}`, metadata: { model: 'model', response: '' } },
  ])
  return { byId: kind === 'Map' ? new Map(entries) : Object.fromEntries(entries) }
}

function get({ byId }: State, id: string): Entity {
  return (byId instanceof Map ? byId.get(id) : byId[id]) as Entity
}

function idOf(n: number): string {
  return `entity-${n}`
}

function format({ median, least, most }: Measured): string {
  const digits = median < 100 ? 2 : 0
  return `${median.toFixed(digits)} (${least.toFixed(digits)} to ${most.toFixed(digits)})`
}

function row(first: string, ...columns: readonly string[]): string {
  return first.padEnd(44) + columns.map((column) => column.padStart(30)).join('')
}

if (import.meta.main) process.exitCode = Object.values(run()).every(Boolean) ? 0 : 1
