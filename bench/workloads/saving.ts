/** (11) How long saving 20 MB keeps the process from serving windows: the longest gap of its event loop. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { figure } from '../report/figures.ts'

const workload = '11'
const of = 'saving 20 MB'

export function saving(bench: Bench): void {
  const home = mkdtempSync(join(tmpdir(), 'lockstep-saving-'))
  for (const kind of ['file', 'sqlite']) {
    const longest: number[] = []
    for (let round = 0; round < bench.repetitions; round++) {
      bench.progress(`(${workload}) ${of}: ${kind}, ${round + 1} of ${bench.repetitions}`)
      const script = join(import.meta.dirname, '../../test/storage/support/gap.ts')
      const { stdout } = spawnSync(process.execPath, ['--expose-gc', script, kind, join(home, `${kind} ${round}`)])
      longest.push((JSON.parse(stdout.toString()) as { longest: number }).longest)
    }
    const contestant = `${kind}Storage`
    bench.results.add({ workload, case: of, contestant, figures: { 'longest gap, ms': figure(longest) } })
    bench.results.atMost(workload, `${contestant} keeps nobody waiting for more than 16 ms`, figure(longest).median, 16)
  }
  rmSync(home, { recursive: true })
}
