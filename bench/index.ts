/**
 * The benchmark: `npm run bench [-- [--quick] [workload ...]]`. A workload is named by its number or by a part of its name.
 * What counts is ratios within one run; times are of the machine.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { printClaims, printTable, Results, writeResults } from './report/results.ts'
import { workloads } from './workloads/index.ts'

const options = process.argv.slice(2)
const quick = options.includes('--quick')
const filters = options.filter((option) => !option.startsWith('--'))
const chosen = workloads.filter(
  ({ number, name }) => filters.length === 0 || filters.some((filter) => filter === number || name.includes(filter)),
)
const unknown = options.filter((option) => option.startsWith('--') && option !== '--quick')
if (chosen.length === 0 || unknown.length > 0) {
  console.error(
    `Usage: npm run bench [-- [--quick] [workload ...]]. Workloads: ${workloads.map(({ number, name }) => `${number} ${name}`).join(', ')}`,
  )
  process.exit(2)
}
installPeers()

const start = performance.now()
const results = new Results()
let logged = 0
const bench: Bench = {
  results,
  repetitions: 5,
  share: quick ? 0.3 : 1,
  progress(text) {
    const line = `${((performance.now() - start) / 1000).toFixed(0).padStart(4)} s  ${text}`
    if (process.stderr.isTTY) return void process.stderr.write(`\r\u001B[K${line}`)
    // In a log, what goes on within a case is worth a line only now and then.
    if (/ \d+ of \d+$/.test(text) && performance.now() - logged < 10_000) return
    logged = performance.now()
    console.error(line)
  },
}
/** Only a whole run is one to quote. */
const fileName = filters.length === 0 && !quick ? 'full' : ['partial', ...filters].join('-').replaceAll(' ', '-')
let file = ''
for (const { number, name, run } of chosen) {
  bench.progress(`(${number}) ${name}`)
  const before = { rows: results.rows.length, claims: results.claims.length }
  try {
    await run(bench)
  } catch (error) {
    // The others are still worth having.
    results.claim(number, `${name} can be measured`, false, String(error).slice(0, 600))
  }
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K')
  printTable(results.rows.slice(before.rows))
  printClaims(results.claims.slice(before.claims))
  file = writeResults(fileName, results.toFile(bench.repetitions))
}
const noise = results.claims.filter((claim) => claim.noise).length
const failed = results.claims.filter((claim) => !claim.holds && !claim.noise).length
console.log(
  `\n${results.claims.length - failed - noise} claims hold, ${failed} do not, ${noise} cannot be told; ${((performance.now() - start) / 60_000).toFixed(1)} minutes; ${file}`,
)
process.exitCode = failed > 0 ? 1 : 0

/** Apart, by their own lockfile, so that installing the project does not install them. */
function installPeers(): void {
  const folder = join(import.meta.dirname, 'peers')
  if (existsSync(join(folder, 'node_modules'))) return
  console.error('Installing the peers, once')
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts'], { cwd: folder, stdio: ['ignore', 2, 2], shell: true })
  if (status !== 0) console.error('npm ci failed: peers that are not there will be shown as not running')
}
