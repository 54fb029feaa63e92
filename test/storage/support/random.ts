/** Numbers from a seed (mulberry32). */
export interface Random {
  readonly seed: number
  /** A whole number from 0 up to, not including, `limit`; 0 for none. */
  below(limit: number): number
}

export function random(seed: number): Random {
  let state = seed >>> 0
  return {
    seed,
    below(limit) {
      state = (state + 0x6d_2b_79_f5) >>> 0
      let t = Math.imul(state ^ (state >>> 15), state | 1)
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
      return limit === 0 ? 0 : ((t ^ (t >>> 14)) >>> 0) % limit
    },
  }
}

/** From the environment, for a run to be repeated; else a new one. It belongs into the message of every assertion. */
export function newSeed(): number {
  return Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
}
