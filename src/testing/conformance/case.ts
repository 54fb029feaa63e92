/** One thing that an implementation has to do; `run` rejects if it does not. */
export interface ConformanceCase {
  readonly name: string
  run(): Promise<void>
}
