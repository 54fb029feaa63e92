import { World } from './world.ts'

/** Steps of one world: enough for everything to happen to it, and few enough to be read when something goes wrong. */
const stepsPerWorld = 3000

export interface Tally {
  steps: number
  worlds: number
  /** Faults by kind. */
  readonly faults: Record<string, number>
}

export interface Failure {
  readonly seed: number
  readonly step: number
  readonly violation: string
}

export function newTally(): Tally {
  return { steps: 0, worlds: 0, faults: {} }
}

/** Simulates one world and adds what has happened to `tally`. */
export async function simulateWorld(seed: number, tally: Tally): Promise<Failure | undefined> {
  const world = new World(seed)
  await world.run(stepsPerWorld)
  const { context } = world
  tally.worlds++
  tally.steps += context.steps
  for (const [kind, count] of context.faults) tally.faults[kind] = (tally.faults[kind] ?? 0) + count
  const { violation, steps } = context
  return violation === undefined ? undefined : { seed, step: steps, violation }
}

/** Simulates one world again, and says what happens in it. */
export async function traceWorld(seed: number, trace: (line: string) => void): Promise<void> {
  await new World(seed, trace).run(stepsPerWorld)
}
