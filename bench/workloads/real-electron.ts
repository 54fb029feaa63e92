/** (12) Workloads (1), (2) and (3) in a real Electron: Lockstep, the limit and the patterns written by hand. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rolldown, type Plugin } from 'rolldown'
import { findElectron, virtualDisplay } from '../../scripts/runtimes.ts'
import type { Bench } from '../bench.ts'
import type { ContestantName } from '../contestants/index.ts'
import { figure } from '../report/figures.ts'

const workload = '12'
const folder = join(import.meta.dirname, '../electron')

type Found = Record<'late' | 'scalar' | 'stream', { main: number; window: number }[]>

const cases = {
  scalar: { name: 'in Electron: one scalar in 10,000 entities', per: 100, unit: 'ms' },
  stream: { name: 'in Electron: 3,000 chunks at 1,000/s, read live', per: 1, unit: 'ms' },
  late: { name: 'in Electron: late window, 10,000 entities (window: until ready)', per: 1, unit: 'ms' },
} as const

export async function realElectron(bench: Bench): Promise<void> {
  const electron = findElectron(true)
  if (electron.path === undefined) {
    bench.results.add({ workload, case: 'in Electron', contestant: 'all', figures: {}, note: electron.reason ?? '' })
    return
  }
  const built = mkdtempSync(join(tmpdir(), 'lockstep-bench-'))
  try {
    await build('main.ts', join(built, 'main.cjs'))
    await build('preload.ts', join(built, 'preload.cjs'))
    await build('page.ts', join(built, 'page.js'))
    const wanted: readonly (readonly [string, ContestantName])[] = [
      ['nothing', 'nothing'],
      ['raw, 16 ms batches', 'raw'],
      ['lockstep', 'lockstep'],
      ['tab-updated', 'tab-updated'],
      ['full state', 'full state'],
    ]
    let feeding: Found | undefined
    for (const [name, contestant] of wanted) {
      bench.progress(`(${workload}) in Electron: ${name}`)
      try {
        const found = await run(electron.path, built, contestant, bench.repetitions)
        if (contestant === 'nothing') feeding = found
        else report(bench, name, found, feeding)
      } catch (error) {
        bench.results.add({
          workload,
          case: 'in Electron',
          contestant: name,
          figures: {},
          note: String(error).slice(0, 300),
        })
      }
    }
    const both = (name: string, of: string): number => bench.results.median(workload, of, name, 'both, ms')
    for (const name of ['tab-updated', 'full state'])
      for (const { name: of } of [cases.scalar, cases.stream])
        bench.results.atMost(
          workload,
          `no more CPU than ${name}, ${of}, as a part of its`,
          both('lockstep', of) / both(name, of),
          1,
        )
  } finally {
    rmSync(built, { recursive: true })
  }
}

function report(bench: Bench, contestant: string, found: Found, feeding: Found | undefined): void {
  for (const [task, { name: of, per, unit }] of Object.entries(cases)) {
    const idle = task === 'late' ? undefined : feeding?.[task as keyof Found]
    const main = found[task as keyof Found].map((value, index) => (value.main - (idle?.[index]?.main ?? 0)) / per)
    const window = found[task as keyof Found].map((value, index) => (value.window - (idle?.[index]?.window ?? 0)) / per)
    bench.results.add({
      workload,
      case: of,
      contestant,
      figures: {
        [`main, ${unit}`]: figure(main),
        [`window, ${unit}`]: figure(window),
        [`both, ${unit}`]: figure(main.map((value, index) => value + (window[index] ?? 0))),
      },
    })
  }
}

/** The contestants are the same; what they take for Electron is the real one. */
async function build(input: string, file: string): Promise<void> {
  const isPage = file.endsWith('.js')
  const real: Plugin = {
    name: 'real-electron',
    resolveId: (id) => {
      if (id.endsWith('lab/electron/main.ts'))
        return isPage ? { id: 'virtual:none' } : { id: 'electron', external: true }
      if (id.endsWith('lab/electron/window.ts')) return isPage ? join(folder, 'ipc-of-page.ts') : { id: 'virtual:none' }
      return undefined
    },
    load: (id) =>
      id === 'virtual:none'
        ? 'export const ipcMain = undefined, ipcRenderer = undefined, contextBridge = undefined'
        : undefined,
  }
  const bundle = await rolldown({
    input: join(folder, input),
    external: ['electron'],
    platform: isPage ? 'browser' : 'node',
    tsconfig: false,
    plugins: [real],
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
  })
  await bundle.write({ file, format: isPage ? 'esm' : 'cjs', codeSplitting: false })
  await bundle.close()
}

function run(path: string, built: string, contestant: ContestantName, repetitions: number): Promise<Found> {
  const command = [
    ...virtualDisplay(),
    path,
    '--no-sandbox',
    `--user-data-dir=${join(built, contestant)}`,
    join(built, 'main.cjs'),
  ]
  const child = spawn(command[0] as string, command.slice(1), {
    env: {
      ...process.env,
      BENCH_CONTESTANT: contestant,
      BENCH_REPETITIONS: String(repetitions),
      BENCH_BATCH: contestant === 'raw' ? '16' : '',
      NODE_ENV: 'production',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (text: Buffer) => (output += text.toString()))
  child.stderr.on('data', (text: Buffer) => (output += text.toString()))
  return new Promise((resolve, reject) => {
    child.on('exit', () => {
      const result = /RESULT (.*)/.exec(output)?.[1]
      if (result === undefined) reject(new Error(`Electron said: ${output.slice(-600)}`))
      else resolve(JSON.parse(result) as Found)
    })
  })
}
