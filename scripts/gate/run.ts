import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { findChromium, findElectron, virtualDisplay } from '../runtimes.ts'
import { root, type Step } from './steps.ts'

export interface Totals {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

const bin = join(root, 'node_modules/.bin')
const env: NodeJS.ProcessEnv = { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` }

/** Runs one step, says how it went, and counts it. */
export async function runStep(step: Step, filters: readonly string[]): Promise<Totals> {
  console.log(`\n> ${step.name}`)
  const start = performance.now()
  const result = step.vitest ? await runVitest(step, filters) : await runCheck(step)
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(`  ${step.name}: ${result.failed > 0 ? 'FAILED' : 'ok'} (${seconds} s)`)
  return result
}

/** One command that is right or wrong; what it prints matters only when it is wrong, or is a result itself. */
async function runCheck(step: Step): Promise<Totals> {
  const { code, output } = await execute(step.command, step.verbose ?? false)
  if (code !== 0) console.log(output)
  return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 }
}

async function runVitest(step: Step, filters: readonly string[]): Promise<Totals> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-gate-'))
  const report = join(folder, 'report.json')
  // A part of the tests covers a part of the code.
  const own = filters.length === 0 ? step.command : step.command.filter((part) => part !== '--coverage')
  const command = [...(step.display ? onDisplay() : []), ...own, ...filters]
  try {
    const { code } = await execute(
      [...command, '--passWithNoTests', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
      true,
    )
    return count(report, code)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly { status: string }[] }[]
}

function count(file: string, code: number): Totals {
  let report: Report
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as Report
  } catch {
    return { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 }
  }
  // A file that could not be loaded, or whose hook failed, has no failed test; so each such file counts as one.
  const files = report.testResults.filter(
    (result) => result.status === 'failed' && !result.assertionResults.some((test) => test.status === 'failed'),
  ).length
  const failed = report.numFailedTests + files
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/** What to put before the command so that its windows have a display; says which runtimes there are. */
function onDisplay(): readonly string[] {
  const prefix = virtualDisplay()
  const runtimes = { Chromium: findChromium(), Electron: findElectron(prefix.length > 0 || undefined) }
  for (const [name, { path, reason }] of Object.entries(runtimes)) {
    console.log(`  ${name}: ${path === undefined ? `its tests are skipped, since ${reason}` : path}`)
  }
  return prefix
}

/** Runs a command to its end; its output goes to this terminal, or is kept. */
function execute(command: readonly string[], show: boolean): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const [file = '', ...args] = command
    const child = spawn(file, args, {
      cwd: root,
      env,
      shell: process.platform === 'win32',
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
    })
    let output = ''
    const keep = (chunk: Buffer): void => {
      output += chunk.toString()
    }
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    child.on('error', (error) => resolve({ code: 1, output: error.message }))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}
