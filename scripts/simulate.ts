/**
 * The fault simulator. Simulates one small world after the other, each from a seed of its own, until so many steps have
 * been checked; the first violation ends it.
 *
 *   npm run simulate -- [--steps N] [--seed N] [--workers N]
 *   npm run simulate -- --seed N --trace     that one world again, and all that happens in it
 */
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'
import { newTally, simulateWorld, traceWorld, type Failure, type Tally } from '../test/simulation/simulate.ts'

interface Share {
  readonly seed: number
  readonly stride: number
  readonly steps: number
}

interface Report {
  readonly tally: Tally
  readonly failure: Failure | undefined
}

if (isMainThread) await main()
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port, not a window's
else parentPort?.postMessage(await work(workerData as Share))

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      steps: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      workers: { type: 'string', default: String(availableParallelism()) },
      trace: { type: 'boolean', default: false },
    },
  })
  const [steps, seed, workers] = [Number(values.steps), Number(values.seed), Number(values.workers)]
  if (![steps, seed, workers].every(Number.isSafeInteger) || steps < 1 || workers < 1) {
    console.error('--steps, --seed and --workers take whole numbers')
    process.exit(2)
  }
  if (values.trace) return await traceWorld(seed, console.log)
  const began = performance.now()
  const reports = await Promise.all(
    Array.from({ length: workers }, async (_, index) => {
      const share: Share = { seed: seed + index, stride: workers, steps: Math.ceil(steps / workers) }
      const [report] = (await once(new Worker(new URL(import.meta.url), { workerData: share }), 'message')) as [Report]
      return report
    }),
  )
  print(reports, seed, (performance.now() - began) / 1000)
  const [failure] = reports.flatMap((report) => report.failure ?? []).sort((a, b) => a.seed - b.seed)
  if (failure !== undefined) await explain(failure)
}

/** Simulates every `stride`-th seed. */
async function work({ seed, stride, steps }: Share): Promise<Report> {
  // Nobody looks at the stacks of errors that are thrown on purpose.
  Error.stackTraceLimit = 0
  forbidOtherClocks()
  const tally = newTally()
  for (let next = seed; tally.steps < steps; next += stride) {
    const failure = await simulateWorld(next, tally)
    if (failure !== undefined) return { tally, failure }
  }
  return { tally, failure: undefined }
}

/** The wall clock may leap and the timers of a hidden page hardly run: whoever asks them instead of the given clock fails. */
function forbidOtherClocks(): void {
  const forbid = (name: string) => (): never => {
    throw new Error(`${name} is not the clock that was given`)
  }
  Date.now = forbid('Date.now')
  performance.now = forbid('performance.now')
  for (const name of [
    'setTimeout',
    'setInterval',
    'setImmediate',
    'requestAnimationFrame',
    'queueMicrotask',
  ] as const) {
    Object.assign(globalThis, { [name]: forbid(name) })
  }
}

function print(reports: readonly Report[], seed: number, seconds: number): void {
  const total = newTally()
  for (const { tally } of reports) {
    total.steps += tally.steps
    total.worlds += tally.worlds
    for (const [kind, count] of Object.entries(tally.faults)) total.faults[kind] = (total.faults[kind] ?? 0) + count
  }
  const faults = Object.entries(total.faults).sort(([, a], [, b]) => b - a)
  const all = faults.reduce((sum, [, count]) => sum + count, 0)
  const number = (value: number): string => Math.round(value).toLocaleString('en')
  for (const [kind, count] of faults) console.log(`${number(count).padStart(12)}  ${kind}`)
  const violations = reports.filter(({ failure }) => failure !== undefined).length
  console.log(`${number(all).padStart(12)}  faults`)
  console.log(
    `${number(total.steps).padStart(12)}  checked steps in ${number(total.worlds)} worlds from seed ${seed} on, ` +
      `${seconds.toFixed(1)} s, ${number(total.steps / seconds)} steps/s, ${violations} violations`,
  )
}

async function explain({ seed, step, violation }: Failure): Promise<void> {
  const lines: string[] = []
  await traceWorld(seed, (line) => lines.push(line))
  const end = lines.findIndex((line) => line.includes('VIOLATION')) + 1
  console.error(`\nSeed ${seed}, step ${step}: ${violation}\n\n${lines.slice(Math.max(0, end - 30), end).join('\n')}`)
  console.error(`\nAll of it: npm run simulate -- --seed ${seed} --trace`)
  process.exitCode = 1
}
