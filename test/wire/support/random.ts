/** Reproducible chance: the same seed gives the same numbers. */
export interface Random {
  /** A whole number from 0 up to `limit`, exclusive. */
  below(limit: number): number
  pick<T>(from: readonly T[]): T
}

/** Mulberry32: short, and good enough for tests. */
export function random(seed: number): Random {
  let state = seed >>> 0
  const below = (limit: number): number => {
    state = (state + 0x6d_2b_79_f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
  return {
    below,
    pick(from) {
      if (from.length === 0) throw new Error('Nothing to pick from')
      return from[below(from.length)] as (typeof from)[number]
    },
  }
}

/** The seed of a run: given in `LOCKSTEP_SEED` to repeat one, else new each time. Tests put it into their names. */
export const seed: number = Number(process.env['LOCKSTEP_SEED'] ?? Date.now() % 2 ** 31)
