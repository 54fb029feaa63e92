import type { Bench } from '../bench.ts'
import { burst } from './burst.ts'
import { coldStart } from './cold-start.ts'
import { commandCalls } from './commands.ts'
import { components } from './components.ts'
import { documentAlone } from './document.ts'
import { lateWindow } from './late-window.ts'
import { memory } from './memory.ts'
import { realElectron } from './real-electron.ts'
import { saving } from './saving.ts'
import { scalar } from './scalar.ts'
import { stream } from './stream.ts'
import { tenStreams } from './ten-streams.ts'

export interface Workload {
  readonly number: string
  readonly name: string
  run(bench: Bench): Promise<void> | void
}

export const workloads: readonly Workload[] = [
  { number: '1', name: 'scalar', run: scalar },
  { number: '2', name: 'stream', run: stream },
  { number: '3', name: 'late window', run: lateWindow },
  { number: '4', name: 'commands', run: commandCalls },
  { number: '5', name: 'components', run: components },
  { number: '6', name: 'burst', run: burst },
  { number: '7', name: 'memory', run: memory },
  { number: '8', name: 'cold start', run: coldStart },
  { number: '9', name: 'ten streams', run: tenStreams },
  { number: '10', name: 'document', run: documentAlone },
  { number: '11', name: 'saving', run: saving },
  { number: '12', name: 'electron', run: realElectron },
]
