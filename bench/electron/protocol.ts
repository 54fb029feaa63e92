/** What the benchmark asks of a real Electron, and what it says. */
import type { ContestantName } from '../contestants/index.ts'

/** Changes of a scalar in a repetition: what else the threads of an Electron do would hide fewer. */
export const updates = 500

/** Commands from a window in a repetition. */
export const commands = 2000

export type Task = 'state' | 'stream' | 'ten streams' | 'cold start' | 'commands'

/** Passed as JSON in the environment variable `BENCH_ORDER`. */
export interface Order {
  readonly task: Task
  readonly contestant: ContestantName
  readonly repetitions: number
  readonly settings: { readonly batch?: number }
  /** Chunks to each stream in a repetition. */
  readonly chunks: number
}

/** CPU in ms, of the main process and of the windows' processes; frames that main sent to each window by its port. */
export interface Cost {
  readonly main: number
  readonly windows: number
  readonly frames: number
}

/** By what was measured, one for each repetition. */
export type Found = Readonly<
  Partial<
    Record<'late' | 'scalar' | 'stream' | 'ten streams' | 'cold start' | 'one by one' | 'together', readonly Cost[]>
  >
>
