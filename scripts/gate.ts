/**
 * The gate: every check there is, in order, and one last line with the totals.
 *
 *   node scripts/gate.ts [GROUP ...] [-- FILTER ...]
 *
 * Without a group all of them run. A filter is handed to Vitest (a part of a file name, `-t name`). A step that is no
 * test run counts as one check; steps that need a build that failed are skipped.
 */
import { groups, steps } from './gate/steps.ts'
import { runStep } from './gate/run.ts'

const split = process.argv.indexOf('--')
const wanted = process.argv.slice(2, split < 0 ? undefined : split)
const filters = split < 0 ? [] : process.argv.slice(split + 1)
const unknown = wanted.filter((group) => !groups.includes(group))
if (unknown.length > 0) {
  console.error(`No such group: ${unknown.join(', ')}. There are: ${groups.join(', ')}`)
  process.exit(2)
}

const totals = { passed: 0, failed: 0, skipped: 0 }
const broken = new Set<string>()
for (const step of steps) {
  if (wanted.length > 0 && !wanted.includes(step.group)) continue
  const missing = step.needs?.find((need) => broken.has(need))
  if (missing !== undefined) {
    console.log(`\n- ${step.name}: skipped, since "${missing}" failed`)
    broken.add(step.name)
    totals.skipped++
    continue
  }
  const result = await runStep(step, filters)
  totals.passed += result.passed
  totals.failed += result.failed
  totals.skipped += result.skipped
  if (result.failed > 0) broken.add(step.name)
}

if (broken.size > 0) console.log(`\nNot in order: ${[...broken].join(', ')}`)
console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
process.exitCode = totals.failed > 0 || totals.passed === 0 ? 1 : 0
