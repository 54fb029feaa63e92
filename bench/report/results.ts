/** What a run has found: gathered, printed as one table, and written as one JSON file. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import { format, formatFigure, type Claim, type Figure, type Row } from './figures.ts'

export interface ResultsFile {
  readonly date: string
  readonly machine: Readonly<Record<string, string | number | readonly number[]>>
  readonly versions: Readonly<Record<string, string>>
  readonly repetitions: number
  readonly rows: readonly Row[]
  readonly claims: readonly Claim[]
}

export class Results {
  readonly rows: Row[] = []
  readonly claims: Claim[] = []
  readonly #load = loadavg()

  add(row: Row): void {
    this.rows.push(row)
  }

  /** What has to hold; `found` says how it came out. */
  claim(workload: string, claim: string, holds: boolean, found: string): void {
    this.claims.push({ workload, claim, holds, found })
  }

  /**
   * @param limit of `value`, which may be at most as large.
   * @param of the figures that `value` is made of: where one of them may be nothing at all, `value` says nothing.
   */
  atMost(
    workload: string,
    claim: string,
    value: number,
    limit: number,
    of: readonly (Figure | undefined)[] = [],
  ): void {
    const noise = of.some((each) => each !== undefined && each.least <= 0)
    const found = `${format(value)}, limit ${format(limit)}`
    this.claims.push({ workload, claim, holds: value <= limit, found, ...(noise ? { noise } : {}) })
  }

  find(workload: string, of: string, contestant: string): Row | undefined {
    return this.rows.find((row) => row.workload === workload && row.case === of && row.contestant === contestant)
  }

  /** A median, `NaN` where there is none: no claim holds of that. */
  median(workload: string, of: string, contestant: string, name: string): number {
    return this.find(workload, of, contestant)?.figures[name]?.median ?? Number.NaN
  }

  toFile(repetitions: number): ResultsFile {
    return {
      date: new Date().toISOString(),
      machine: {
        cpu: cpus()[0]?.model ?? 'unknown',
        cores: cpus().length,
        memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
        platform: `${process.platform} ${process.arch}`,
        'load at the start': this.#load,
        'load at the end': loadavg(),
      },
      versions: { node: process.version, v8: process.versions.v8, ...installedVersions() },
      repetitions,
      rows: this.rows,
      claims: this.claims,
    }
  }
}

export function printTable(rows: readonly Row[]): void {
  const cases = new Map<string, Row[]>()
  for (const row of rows) {
    const title = `(${row.workload}) ${row.case}`
    cases.set(title, [...(cases.get(title) ?? []), row])
  }
  for (const [title, those] of cases) {
    console.log(`\n${title}`)
    for (const row of those) {
      const figures = Object.entries(row.figures).map(([name, value]) => `${name} ${formatFigure(value)}`)
      const note = row.note === undefined ? '' : `  [${row.note}]`
      console.log(`  ${row.contestant.padEnd(26)}${figures.join('  ')}${note}`)
    }
  }
}

export function printClaims(claims: readonly Claim[]): void {
  console.log()
  for (const each of claims) console.log(`${verdict(each).padEnd(5)} (${each.workload}) ${each.claim}: ${each.found}`)
}

function verdict({ holds, noise }: Claim): string {
  if (noise) return 'NOISE'
  return holds ? 'PASS' : 'FAIL'
}

const folder = join(import.meta.dirname, '../results')

export function writeResults(name: string, results: ResultsFile): string {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${name}.json`)
  writeFileSync(file, `${JSON.stringify(results, undefined, 1)}\n`)
  return file
}

export function readResults(name: string): ResultsFile {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as ResultsFile
}

function installedVersions(): Record<string, string> {
  const peers = join(import.meta.dirname, '../peers')
  const read = (file: string): Record<string, unknown> =>
    JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  const { dependencies } = read(join(peers, 'package.json')) as { dependencies: Record<string, string> }
  const versions: Record<string, string> = {
    lockstep: String(read(join(import.meta.dirname, '../../package.json'))['version']),
  }
  for (const name of Object.keys(dependencies)) {
    try {
      versions[name] = String(read(join(peers, 'node_modules', name, 'package.json'))['version'])
    } catch {
      versions[name] = 'not installed'
    }
  }
  return versions
}
