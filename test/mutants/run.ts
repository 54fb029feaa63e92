/**
 * Are the tests worth anything? Applies each mutant to a copy of the project, runs the simulator and then the tests on
 * it, and writes down what caught it. A mutant that survives is a failure.
 *
 *   npm run mutants -- [part of a name or of a file ...]      only those; of the others README.md keeps what it says
 */
import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { all } from './all.ts'
import type { Mutant } from './mutant.ts'

const root = join(import.meta.dirname, '../..')
const copied = ['src', 'test', 'scripts', 'package.json', 'tsconfig.json', 'vitest.config.ts']
const testsOfTheCore = [
  ...[
    'src/source',
    'src/replica',
    'src/protocol/serve.test.ts',
    'test/six-ways.test.ts',
    'test/wire/hostile-peer.test.ts',
    'test/storage/saving.test.ts',
    'test/storage/streams.test.ts',
  ],
  ...['adopt', 'apply', 'compact', 'draft', 'listeners', 'replica-document', 'document.test'].map(
    (name) => `src/document/${name}`,
  ),
]
const testsOfStorage = [
  'saving',
  'saving-failures',
  'streams',
  'versions',
  'hostile',
  'slices',
  'conformance',
  'file-damage',
  'lock',
  'file-faults',
  'file-crash',
].map((name) => `test/storage/${name}.test.ts`)
const testsOfTransports = ['src/transports/message-port.test.ts', 'test/testing/connection-conformance.test.ts']

/** What has to catch a mutant of `file`. */
function checksOf(file: string): { readonly simulator: boolean; readonly tests: readonly string[] } {
  // In the simulated world, states are stored in memory.
  if (file.startsWith('src/storage/')) return { simulator: false, tests: testsOfStorage }
  if (file.startsWith('src/transports/')) return { simulator: false, tests: testsOfTransports }
  const isSaving = /^src\/source\/(?:open|persistence|stored|slices)\.ts$/.test(file)
  return { simulator: true, tests: isSaving ? testsOfStorage : testsOfTheCore }
}

/** Nothing that works takes longer, in ms. */
const patience = 300_000

interface Verdict {
  readonly mutant: Mutant
  /** `undefined`: it survived. */
  readonly caughtBy: string | undefined
}

const filters = process.argv.slice(2)
const isChosen = ({ name, file }: Mutant): boolean =>
  filters.length === 0 || filters.some((filter) => `${file} ${name}`.includes(filter))
const chosen = all.filter(isChosen)
const waiting = [...chosen]
const verdicts: Verdict[] = []
await Promise.all(Array.from({ length: availableParallelism() }, work))
verdicts.sort((a, b) => all.indexOf(a.mutant) - all.indexOf(b.mutant))
const survivors = verdicts.filter(({ caughtBy }) => caughtBy === undefined)
const readme = join(import.meta.dirname, 'README.md')
await writeFile(readme, table(verdicts, await readFile(readme, 'utf8')))
print(`\n${verdicts.length - survivors.length} of ${verdicts.length} mutants were caught`)
for (const { mutant } of survivors) print(`survived: ${mutant.file}: ${mutant.name}`)
process.exitCode = survivors.length > 0 || verdicts.length === 0 ? 1 : 0

/** Takes one mutant after the other, in a copy of the project. */
async function work(): Promise<void> {
  const copy = await mkdtemp(join(tmpdir(), 'lockstep-mutant-'))
  try {
    for (const name of copied) await cp(join(root, name), join(copy, name), { recursive: true })
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
    const checks = chosen.map(({ file }) => checksOf(file))
    const caught = await check(copy, {
      simulator: checks.some(({ simulator }) => simulator),
      tests: [...new Set(checks.flatMap(({ tests }) => tests))],
    })
    if (caught !== undefined) throw new Error(`There is a defect already, and no mutant is to blame: ${caught}`)
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const caughtBy = await judge(mutant, copy)
      verdicts.push({ mutant, caughtBy })
      print(`${String(verdicts.length).padStart(3)}/${chosen.length}  ${mutant.name}: ${caughtBy ?? 'SURVIVED'}`)
    }
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

async function judge({ name, file, find, replace }: Mutant, copy: string): Promise<string | undefined> {
  const path = join(copy, file)
  const original = await readFile(path, 'utf8')
  if (original.split(find).length !== 2)
    throw new Error(`"${name}" does not fit ${file}: what it replaces is not there once`)
  await writeFile(
    path,
    original.replace(find, () => replace),
  )
  try {
    return await check(copy, checksOf(file))
  } finally {
    await writeFile(path, original)
  }
}

async function check(copy: string, { simulator, tests }: ReturnType<typeof checksOf>): Promise<string | undefined> {
  return (simulator ? await simulate(copy) : undefined) ?? (await test(copy, tests))
}

async function simulate(copy: string): Promise<string | undefined> {
  const { code, output } = await run(['node', 'scripts/simulate.ts', '--steps', '60000', '--workers', '1'], copy)
  if (code === 0) return undefined
  const [, seed, violation] = /Seed (\d+), step \d+: (.*)/.exec(output) ?? []
  if (violation !== undefined) return `the simulator, seed ${seed}: ${violation}`
  return 'the simulator: it crashes or hangs'
}

async function test(copy: string, tests: readonly string[]): Promise<string | undefined> {
  const report = join(copy, 'report.json')
  const options = [
    '--bail',
    '1',
    '--typecheck=false',
    '--testTimeout',
    '60000',
    // Of the storages, the mutants are of the one in files.
    '--testNamePattern',
    '^(?!.*sqlite)',
    '--reporter',
    'json',
    '--outputFile',
    report,
  ]
  await rm(report, { force: true })
  const { code } = await run(['vitest', 'run', ...tests, ...options], copy)
  if (code === 0) return undefined
  try {
    const { testResults } = JSON.parse(await readFile(report, 'utf8')) as { testResults: TestFile[] }
    for (const { name, assertionResults } of testResults) {
      const failed = assertionResults.find(({ status }) => status === 'failed')
      if (failed !== undefined) return `${relative(copy, name)}: ${failed.fullName.trim()}`
    }
  } catch {
    // There is no report.
  }
  return 'the tests: they hang'
}

interface TestFile {
  readonly name: string
  readonly assertionResults: { readonly fullName: string; readonly status: string }[]
}

async function run([command = '', ...args]: string[], cwd: string): Promise<{ code: number; output: string }> {
  const child = spawn(join(cwd, 'node_modules/.bin', command), args, { cwd, detached: true })
  let output = ''
  child.stdout.on('data', (data: Buffer) => (output += data.toString()))
  child.stderr.on('data', (data: Buffer) => (output += data.toString()))
  const timer = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), patience)
  const code = await new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 1)))
  clearTimeout(timer)
  return { code, output }
}

/** What has been found now, and of mutants that were not tried what was found `before`. */
function table(verdicts: readonly Verdict[], before: string): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ').slice(0, 160)
  const known = before.split('\n')
  const rows = all.map((mutant) => {
    const start = `| ${mutant.file.replace('src/', '')} | ${cell(mutant.name)} | `
    const verdict = verdicts.find((other) => other.mutant === mutant)
    if (verdict !== undefined) return `${start}${cell(verdict.caughtBy ?? '**it survived**')} |`
    return known.find((line) => line.startsWith(start)) ?? `${start}**not tried yet** |`
  })
  return `# Mutants

Deliberate defects, and what catches each. Written by \`npm run mutants\`, which fails if one survives: first the simulator
(60,000 steps), then, of those that it lets through, the tests of the parts. ${rows.length} mutants.

| file | defect: it ... | caught by |
|---|---|---|
${rows.join('\n')}
`
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
