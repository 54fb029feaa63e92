/** How a workload is run: contestants in turn, repetition by repetition, so that whatever else the machine does hits all. */
import type { ContestantName } from './contestants/index.ts'
import { startLab, type Lab } from './lab/lab.ts'
import type { Measured, Setup } from './lab/protocol.ts'
import { figure, type Figure } from './report/figures.ts'
import type { Results } from './report/results.ts'

export interface Bench {
  readonly results: Results
  readonly repetitions: number
  /** Shares of the full length of a repetition. */
  readonly share: number
  progress(text: string): void
}

/** Everybody who keeps a store in step, by their names in the table. */
export const peers: readonly ContestantName[] = [
  'tab-updated',
  'full state',
  'electron-redux',
  'zubridge',
  'electron-state-sync',
  'electron-shared-state',
  'yjs',
  'tinybase',
]

/** Those that keep the window's store right during a stream, not only at its ends. */
export const rightDuring: readonly string[] = peers.filter((name) => name !== 'tab-updated')

export interface Entrant {
  /** In the table. */
  readonly name: string
  readonly lab: Lab
}

/** Starts labs, and says of each that does not start why. */
export async function startAll(
  bench: Bench,
  workload: string,
  of: string,
  wanted: readonly (Setup & { readonly name?: string })[],
  prepare: (lab: Lab) => Promise<unknown>,
): Promise<Entrant[]> {
  const entrants: Entrant[] = []
  for (const { name = '', ...setup } of wanted) {
    const title = name === '' ? setup.contestant : name
    bench.progress(`(${workload}) ${of}: starting ${title}`)
    try {
      const lab = await startLab(setup)
      await prepare(lab)
      entrants.push({ name: title, lab })
    } catch (error) {
      const note = `does not run: ${String(error).split('\n')[0]?.slice(0, 300)}`
      bench.results.add({ workload, case: of, contestant: title, figures: {}, note })
    }
  }
  return entrants
}

/** Runs all entrants in turn, `repetitions` times; those that fail are left out from then on. */
export async function repeat<T>(
  bench: Bench,
  workload: string,
  of: string,
  entrants: readonly Entrant[],
  run: (lab: Lab, repetition: number) => Promise<T>,
): Promise<Map<string, T[]>> {
  const found = new Map<string, T[]>(entrants.map(({ name }) => [name, []]))
  const failed = new Set<string>()
  for (let repetition = 0; repetition < bench.repetitions; repetition++) {
    for (const { name, lab } of entrants) {
      if (failed.has(name)) continue
      bench.progress(`(${workload}) ${of}: ${name}, ${repetition + 1} of ${bench.repetitions}`)
      try {
        found.get(name)?.push(await run(lab, repetition))
      } catch (error) {
        failed.add(name)
        found.delete(name)
        const note = `failed: ${String(error).split('\n')[0]?.slice(0, 300)}`
        bench.results.add({ workload, case: of, contestant: name, figures: {}, note })
      }
    }
  }
  return found
}

export function closeAll(entrants: readonly Entrant[]): void {
  for (const { lab } of entrants) lab.close()
}

/** What feeding costs by itself for one operation, in ms of main's: one figure for each repetition. */
export function feedingCost(idle: readonly Measured[], operations: number): number[] {
  return idle.map(({ main }) => main / operations)
}

/** CPU per operation, less what feeding cost by itself in the same repetition. */
export function cpuFigures(
  measured: readonly Measured[],
  operations: number,
  unit: string,
  feeding: readonly number[] = [],
  scale = 1,
): Record<string, Figure> {
  const main = measured.map((result, index) => (result.main / operations - (feeding[index] ?? 0)) * scale)
  const windows = measured.map((result) => (result.windows / operations) * scale)
  return {
    [`main, ${unit}`]: figure(main),
    [`windows, ${unit}`]: figure(windows),
    [`both, ${unit}`]: figure(main.map((value, index) => value + (windows[index] as number))),
  }
}
