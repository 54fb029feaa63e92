/** A lab as the benchmark sees it: a process of its own, asked by calls. */
import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { callee } from './calls.ts'
import type { LabCalls, Setup } from './protocol.ts'

/** `BENCH_PROFILES=folder`: each thread leaves a CPU profile there, to be read in a browser's tools. */
const folder = process.env['BENCH_PROFILES']
const profiling = folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=50']

/** Ms that a call may take, far longer than any should: a peer that never shows what it was sent is not waited for. */
const patience = 240_000

export class Lab {
  readonly setup: Setup
  readonly calls: ReturnType<typeof callee<LabCalls>>['calls']
  readonly #process: ChildProcess
  #errors = ''
  #underWay = 0
  #cut: ReturnType<typeof setTimeout> | undefined

  constructor(setup: Setup) {
    this.setup = setup
    this.#process = fork(join(import.meta.dirname, 'process.ts'), {
      // The garbage collector's work is its thread's, and production is what is compared.
      execArgv: ['--single-threaded-gc', '--max-old-space-size=8192', '--no-warnings', ...profiling],
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    })
    const { calls, received, fail } = callee<LabCalls>((message) => {
      if (!this.#process.connected) throw new Error(`The lab of ${setup.contestant} has ended`)
      this.#process.send(message as object)
      this.#waitFor(1)
    })
    this.calls = calls
    this.#process.on('message', (message) => {
      this.#waitFor(-1)
      received(message)
    })
    this.#process.stderr?.on('data', (text: Buffer) => {
      this.#errors += text.toString()
    })
    this.#process.on('exit', (code) => {
      clearTimeout(this.#cut)
      const why = this.#process.killed ? `did not answer within ${patience / 1000} s` : `ended (${code})`
      fail(new Error(`The lab of ${setup.contestant} ${why}: ${this.#errors.slice(-2000)}`))
    })
  }

  close(): void {
    if (this.#process.connected) this.#process.disconnect()
  }

  #waitFor(more: 1 | -1): void {
    this.#underWay += more
    clearTimeout(this.#cut)
    if (this.#underWay > 0) this.#cut = setTimeout(() => this.#process.kill('SIGKILL'), patience)
  }
}

export async function startLab(setup: Setup): Promise<Lab> {
  const lab = new Lab(setup)
  await lab.calls.start(setup)
  return lab
}
