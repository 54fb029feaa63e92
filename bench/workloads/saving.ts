/**
 * (11) How long saving 20 MB keeps the process from serving windows, which is the longest gap of its event loop; and how much
 * is written of an answer of 200 KB that comes in 40,000 chunks.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { figure } from '../report/figures.ts'

const workload = '11'
const large = 'saving 20 MB'
const growing = 'saving an answer of 200 KB in 40,000 chunks at 1,000/s'
const storages = ['file', 'sqlite'] as const

interface Written {
  readonly text: number
  /** What the source gave the storage. */
  readonly journal: number
  readonly written: number
  readonly records: number
}

export function saving(bench: Bench): void {
  const home = mkdtempSync(join(tmpdir(), 'lockstep-saving-'))
  try {
    for (const kind of storages) gaps(bench, kind, home)
    for (const kind of storages) writes(bench, kind, home)
  } finally {
    rmSync(home, { recursive: true })
  }
}

function gaps(bench: Bench, kind: string, home: string): void {
  const longest: number[] = []
  for (let round = 0; round < bench.repetitions; round++) {
    bench.progress(`(${workload}) ${large}: ${kind}, ${round + 1} of ${bench.repetitions}`)
    const found = run('../../test/storage/support/gap.ts', kind, join(home, `${kind} ${round}`))
    longest.push((found as { longest: number }).longest)
  }
  const contestant = `${kind}Storage`
  bench.results.add({ workload, case: large, contestant, figures: { 'longest gap, ms': figure(longest) } })
  bench.results.atMost(workload, `${contestant} keeps nobody waiting for more than 16 ms`, figure(longest).median, 16)
}

/** Counts, which are the same each time. */
function writes(bench: Bench, kind: string, home: string): void {
  const contestant = `${kind}Storage`
  if (process.platform !== 'linux') {
    const note = 'only Linux tells how much a process writes'
    bench.results.add({ workload, case: growing, contestant, figures: {}, note })
    return
  }
  bench.progress(`(${workload}) ${growing}: ${kind}`)
  const found = run('../saving/written.ts', kind, join(home, `${kind} growing`))
  const { text, journal, written, records } = found as Written
  bench.results.add({
    workload,
    case: growing,
    contestant,
    figures: {
      records: figure([records]),
      'records, times its bytes': figure([journal / text]),
      'written to files, times its bytes': figure([written / text]),
    },
  })
  bench.results.atMost(
    workload,
    `${contestant} writes at most 1.5 times the bytes of an answer between folds`,
    written / text,
    1.5,
  )
}

function run(script: string, ...args: readonly string[]): unknown {
  const file = join(import.meta.dirname, script)
  const { stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', '--no-warnings', file, ...args])
  if (stdout.length === 0) throw new Error(`${script} said: ${stderr.toString().slice(-600)}`)
  return JSON.parse(stdout.toString())
}
