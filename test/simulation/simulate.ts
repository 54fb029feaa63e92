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
  const { context } = await runWorld(seed)
  tally.worlds++
  tally.steps += context.steps
  for (const [kind, count] of context.faults) tally.faults[kind] = (tally.faults[kind] ?? 0) + count
  const { violation, steps } = context
  return violation === undefined ? undefined : { seed, step: steps, violation }
}

/** Simulates one world again, and says what happens in it. */
export async function traceWorld(seed: number, trace: (line: string) => void): Promise<void> {
  await runWorld(seed, trace)
}

async function runWorld(seed: number, trace?: (line: string) => void): Promise<World> {
  const world = new World(seed, trace)
  try {
    await world.run(stepsPerWorld)
  } catch (error) {
    world.context.fail(`it has crashed: ${String(error)}`)
  }
  return world
}
