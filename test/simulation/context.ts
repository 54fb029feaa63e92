import { fakeClock, type FakeClock } from '../../src/testing/clock.ts'

/** What all parts of a simulated world share: time, the count of what was checked and broken, and the first violation. */
export class Context {
  readonly clock: FakeClock = fakeClock()
  /** Faults by kind. */
  readonly faults: Map<string, number> = new Map()
  /** Events after which what they concern was compared with the oracle. */
  steps = 0
  /** What went wrong first. Not thrown: listeners that throw are the library's to survive. */
  violation: string | undefined
  /** How many promises are waited for: as long as there are any, they have to be let run. */
  promises = 0
  readonly #trace: ((line: string) => void) | undefined

  constructor(trace?: (line: string) => void) {
    this.#trace = trace
  }

  step(): void {
    this.steps++
  }

  fault(kind: string, detail: string = ''): void {
    this.faults.set(kind, (this.faults.get(kind) ?? 0) + 1)
    this.log(() => `!!! ${kind} ${detail}`)
  }

  fail(message: string): void {
    this.violation ??= message
    this.log(() => `VIOLATION: ${message}`)
  }

  log(line: () => string): void {
    if (this.#trace === undefined) return
    const text = line()
    this.#trace(`${this.clock.now().toFixed(2).padStart(12)}  ${text.length > 300 ? `${text.slice(0, 300)}...` : text}`)
  }
}
