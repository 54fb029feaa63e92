import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The folder of the repository. */
export const root: string = join(import.meta.dirname, '../..')

export interface Step {
  readonly group: string
  readonly name: string
  /** Command and arguments; commands of installed packages are found. */
  readonly command: readonly string[]
  /** A Vitest run: its own totals count, and filters are handed to it. */
  readonly vitest?: true
  /** What it prints is worth reading even if all is well. */
  readonly verbose?: true
  /** Runs where windows can be shown. */
  readonly display?: true
  /** Names of steps without which this one cannot succeed. */
  readonly needs?: readonly string[]
}

const library = 'build'
const app = 'build of the app'

/** In the order in which they run. */
export const steps: readonly Step[] = [
  { group: 'static', name: 'format', command: ['oxfmt', '--check'] },
  { group: 'build', name: library, command: ['node', 'scripts/build.ts'] },
  { group: 'static', name: 'lint', command: ['oxlint'] },
  { group: 'static', name: 'types', command: ['tsc', '-p', 'tsconfig.json'] },
  { group: 'static', name: 'types of the core', command: ['tsc', '-p', 'tsconfig.core.json'] },
  ...ofApp('check', { group: 'static', name: 'types of the app', needs: [library] }),
  { group: 'static', name: 'unused code (knip)', command: ['knip'] },
  { group: 'unit', name: 'unit, property and type tests', command: ['vitest', 'run', '--coverage'], vitest: true },
  { group: 'unit', name: 'simulation', command: ['node', 'scripts/simulate.ts', '--steps', '1000000'], verbose: true },
  { group: 'package', name: 'publint', command: ['publint', '--strict'], needs: [library] },
  {
    group: 'package',
    name: 'types of the package (attw)',
    command: ['attw', '--pack', '.', '--profile', 'esm-only'],
    needs: [library],
  },
  {
    group: 'package',
    name: 'package tests',
    command: ['vitest', 'run', '--config', 'vitest.package.config.ts'],
    vitest: true,
    needs: [library],
  },
  ...ofApp('build', { group: 'e2e', name: app, needs: [library] }),
  {
    group: 'e2e',
    name: 'end-to-end tests',
    command: ['vitest', 'run', '--config', 'vitest.e2e.config.ts'],
    vitest: true,
    display: true,
    needs: [library, app],
  },
]

export const groups: readonly string[] = [...new Set(steps.map((step) => step.group))]

/** The step that runs a script of the app, if the app has it. */
function ofApp(script: string, step: Omit<Step, 'command'>): Step[] {
  const file = join(root, 'app/package.json')
  if (!existsSync(file)) return []
  const { scripts } = JSON.parse(readFileSync(file, 'utf8')) as { scripts?: Record<string, string> }
  return scripts?.[script] === undefined ? [] : [{ ...step, command: ['npm', 'run', script, '-w', 'app'] }]
}
