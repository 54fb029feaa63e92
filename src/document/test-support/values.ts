import type { Chance } from './plain.ts'

export const keys: readonly string[] = ['a', 'b', 'c', 'd', 'text', '10', '2', 'toString', '~', '']
export const mapKeys: readonly unknown[] = ['a', 'b', 'c', '', 1, 1.5, 0, NaN, true, null, undefined, 7n, '1']

function randomScalar(chance: Chance): unknown {
  return chance.of<() => unknown>([
    () => chance.below(5),
    () => chance.of(['', 'x', 'yes', 'a longer text']),
    () => 'y'.repeat(chance.below(4)),
    () => chance.of([true, false, null, undefined, NaN, -0, 0, Infinity, -Infinity, 2n ** 70n]),
    () => new Date(chance.of([0, NaN, 1e12])),
    () => Uint8Array.from({ length: chance.below(3) }, () => chance.below(3)),
    () => chance.of([new Float64Array([-0, NaN]), new BigInt64Array([-5n]), new ArrayBuffer(chance.below(3))]),
  ])()
}

export function randomValue(chance: Chance, levels: number): unknown {
  return levels === 0 || chance.once(3) ? randomScalar(chance) : randomContainer(chance, levels)
}

export function randomContainer(chance: Chance, levels: number): object {
  const length = chance.below(4)
  const part = () => randomValue(chance, levels - 1)
  return chance.of<() => object>([
    () => Object.fromEntries(Array.from({ length }, () => [chance.of(keys), part()])),
    () => Array.from({ length }, part),
    () => new Map(Array.from({ length }, () => [chance.of(mapKeys), part()])),
    () => new Set(Array.from({ length }, () => chance.of(mapKeys))),
    // Elements that look alike, as those of real states do.
    () => Array.from({ length: length + 1 }, (_, id) => ({ id, text: 'x', tags: [chance.below(2)] })),
  ])()
}

/** What can never be stored. */
const bad: readonly (() => unknown)[] = [
  () => () => 0,
  () => Symbol('s'),
  () => new (class extends Map {})(),
  () => {
    const cycle: Record<string, unknown> = {}
    cycle['self'] = { cycle }
    return cycle
  },
  () => Promise.resolve(),
  () => new Proxy({}, {}),
  () => [1, , 2], // oxlint-disable-line no-sparse-arrays
  () => /x/,
  () => new Error('x'),
  () => new WeakMap(),
  () => JSON.parse('{"__proto__":1}') as unknown,
  () => ({ deep: [{ fn: () => 0 }] }),
  () => new Map([[{}, 1]]),
  () => new Set([{}]),
  () => new DataView(new ArrayBuffer(1)),
  () => new Map([['constructor', 1]]),
]

export function randomBad(chance: Chance): unknown {
  return chance.of(bad)()
}
