/** How windows tell main what they show, at next to no cost and beside the messages that are measured: by shared memory. */

const slots = 16

export class Signals {
  readonly memory: SharedArrayBuffer
  readonly #values: Int32Array
  readonly #times: Float64Array

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(slots * 16)) {
    this.memory = memory
    this.#times = new Float64Array(memory, 0, slots)
    this.#values = new Int32Array(memory, slots * 8, slots)
  }

  /** Window `index` shows `value` from now on. */
  show(index: number, value: number): void {
    this.#times[index] = wallClock()
    Atomics.store(this.#values, index, value)
    Atomics.notify(this.#values, index)
  }

  shown(index: number): number {
    return Atomics.load(this.#values, index)
  }

  /** When window `index` came to show what it shows, by `wallClock`. */
  time(index: number): number {
    return this.#times[index] as number
  }

  reset(): void {
    for (let index = 0; index < slots; index++) Atomics.store(this.#values, index, -1)
  }

  /** Resolves when the first `windows` show at least `value`. */
  async until(windows: number, value: number): Promise<void> {
    for (let index = 0; index < windows; index++) {
      for (let shown = this.shown(index); shown < value; shown = this.shown(index)) {
        const { async, value: waiting } = atomics.waitAsync(this.#values, index, shown)
        if (async) await waiting
      }
    }
  }
}

/** ES2024, which the types of this project do not have yet. */
const atomics = Atomics as unknown as {
  waitAsync(array: Int32Array, index: number, value: number): { async: boolean; value: unknown }
}

/** In ms, the same in all threads. */
export function wallClock(): number {
  return performance.timeOrigin + performance.now()
}
