import type { Bench } from '../bench.ts'
import { scalar } from './scalar.ts'
import { stream } from './stream.ts'

export interface Workload {
  readonly number: string
  readonly name: string
  run(bench: Bench): Promise<void>
}

export const workloads: readonly Workload[] = [
  { number: '1', name: 'scalar', run: scalar },
  { number: '2', name: 'stream', run: stream },
]
