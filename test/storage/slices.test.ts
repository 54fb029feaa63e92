import * as fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import type { Clock } from '../../src/clock.ts'
import { compact } from '../../src/document/compact.ts'
import type { Op } from '../../src/document/types.ts'
import { encode } from '../../src/protocol/codec.ts'
import { commitBody } from '../../src/protocol/wire.ts'
import { paced, slices } from '../../src/source/slices.ts'
import { sourceClock } from '../../src/source/source-clock.ts'
import { recordText } from '../../src/source/stored.ts'

// Many small cases, on machines that do other things besides.
vi.setConfig({ testTimeout: 60_000 })

const long = fc.integer({ min: 20_000, max: 70_000 }).map((length) => `"é😀\n\u2028`.repeat(length / 6))
const leaf = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.bigInt(),
  fc.boolean(),
  fc.constantFrom(null, undefined, -0, Number.NaN, '\ud800', '~'),
  fc.date(),
  fc.uint8Array({ maxLength: 50 }),
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 120_000 }).map((length) => new Uint16Array(length).fill(length)) },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 1, max: 120_000 })
      .map((length) => new Uint8Array(length).map((_, index) => index % 251).buffer),
  },
  { weight: 1, arbitrary: long },
)
// Keys that reach a prototype are refused before anything is stored.
const key = fc
  .oneof(fc.string(), fc.constantFrom('~', '0', '17', 'a'))
  .filter((text) => !['__proto__', 'prototype', 'constructor'].includes(text))
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(key, tie('value'), { noNullPrototype: true, maxKeys: 5 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map((entries) => new Map(entries)),
    fc.array(fc.oneof(key, long), { maxLength: 3 }).map((members) => new Set(members)),
  ),
}))

test('the slices of any value together are its encoding, and none is long', () => {
  fc.assert(
    fc.property(value, (any) => {
      const all = [...slices(any)]
      // Compared outside of expect, which would print them.
      expect(all.join('') === JSON.stringify(encode(any))).toBe(true)
      expect(all.every((slice) => slice.length < 300_000)).toBe(true)
    }),
    { numRuns: 200 },
  )
})

test('wide and deep states are cut', () => {
  const wide = new Map(Array.from({ length: 20_000 }, (_, index) => [`key ${index}`, { index, text: 'x'.repeat(30) }]))
  const state = { wide, list: [...wide.values()], record: Object.fromEntries(wide), members: new Set(wide.keys()) }
  const all = [...slices(state)]
  expect(all.join('')).toBe(JSON.stringify(encode(state)))
  expect(all.length).toBeGreaterThan(100)
  expect(Math.max(...all.map((slice) => slice.length))).toBeLessThan(70_000)
})

test('a record of the journal is what a replica is sent', () => {
  const path = fc.array(fc.oneof(key, fc.integer(), fc.bigInt()), { maxLength: 4 })
  const op: fc.Arbitrary<Op> = fc.oneof(
    fc.record({ kind: fc.constant('set' as const), path, value }),
    fc.record({ kind: fc.constant('delete' as const), path }),
    fc.record({ kind: fc.constant('append' as const), path, chunk: fc.string() }),
    fc.record({
      kind: fc.constant('splice' as const),
      path,
      index: fc.nat(),
      remove: fc.nat(),
      items: fc.array(value, { maxLength: 3 }),
    }),
  )
  fc.assert(
    fc.property(fc.array(op, { maxLength: 8 }), (ops) => {
      const all = compact(ops)
      expect([...recordText({ at: 5 }, 3, 7, all)].join('') === `{"at":5}\t[0,${commitBody(3, 7, all)}]`).toBe(true)
    }),
    { numRuns: 100 },
  )
})

test('bytes are cut, whatever their view is', () => {
  const bytes = new Uint8Array(500_000).map((_, index) => index % 251)
  for (const value of [bytes, bytes.buffer, new Float64Array(bytes.buffer)]) {
    const all = [...slices(value)]
    expect(all.join('') === JSON.stringify(encode(value))).toBe(true)
    expect(all.length).toBeGreaterThan(3)
  }
})

test('others get their turn while a large state is encoded', async () => {
  let now = 0
  let others: (() => void) | undefined
  const clock: Clock = {
    now: () => now,
    schedule(run) {
      others = run
      return () => {}
    },
  }
  // Each piece takes a millisecond.
  let pieces = 0
  const slow = function* (): Generator<string> {
    for (; pieces < 40; pieces++, now++) yield `${pieces};`
  }
  let text = ''
  const writing = (async () => {
    for await (const piece of paced(slow(), clock)) text += piece
    return 'written'
  })()
  const turns: number[] = [0]
  while (await Promise.race([writing.then(() => false), settled().then(() => true)])) {
    turns.push(pieces)
    others?.()
  }
  expect(text).toBe(Array.from({ length: 40 }, (_, piece) => `${piece};`).join(''))
  expect(Math.max(...turns.map((at, turn) => at - (turns[turn - 1] ?? 0)))).toBeLessThanOrEqual(5)

  async function settled(): Promise<void> {
    for (let step = 0; step < 100; step++) await Promise.resolve()
  }
})

test('in between, on the real clock, the process does something else', async () => {
  const state = Array.from({ length: 100_000 }, (_, id) => ({ id, text: `the text of note ${id}` }))
  let turns = 0
  let done = false
  const turn = (): void => {
    turns++
    if (!done) setImmediate(turn)
  }
  setImmediate(turn)
  let length = 0
  for await (const slice of paced(slices(state), sourceClock)) length += slice.length
  done = true
  expect(length).toBe(JSON.stringify(state).length)
  expect(turns).toBeGreaterThan(1)
})
