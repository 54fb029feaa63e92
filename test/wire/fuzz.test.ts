/**
 * The parser against spoiled frames. Normally 200,000 of them; `LOCKSTEP_FUZZ=5000000` for more, `LOCKSTEP_SEED` to repeat
 * a run.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SyncError } from '../../src/error.ts'
import type { DownFrame, UpFrame } from '../../src/protocol/frames.ts'
import { defaultLimits } from '../../src/protocol/limits.ts'
import { protocolVersion } from '../../src/protocol/version.ts'
import { downFrames, upFrames, values } from './support/examples.ts'
import { downFrameText, readDown, readUp, upFrameText } from './support/frames.ts'
import { mutate } from './support/mutations.ts'
import { random, seed } from './support/random.ts'
import { isDownFrame, isUpFrame } from './support/shape.ts'

const cases = Number(process.env['LOCKSTEP_FUZZ'] ?? 200_000)
const codes = new Set(['bad-frame', 'too-large', 'too-deep', 'reserved-key'])
const { depth } = defaultLimits

/** What there is in a prototype that hostile frames would like to change. */
const prototypes = [Object.prototype, Array.prototype, Map.prototype, Set.prototype, Function.prototype]
const untouched = prototypes.map((prototype) => Reflect.ownKeys(prototype))

function expectNoPollution(): void {
  expect(prototypes.map((prototype) => Reflect.ownKeys(prototype))).toEqual(untouched)
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
}

type Verdict = 'accepted' | 'refused' | `wrong: ${string}`

function judge(check: () => boolean): Verdict {
  try {
    return check() ? 'accepted' : 'wrong: accepted in another shape'
  } catch (error) {
    return error instanceof SyncError && codes.has(error.code) ? 'refused' : `wrong: ${String(error)}`
  }
}

const judgeUp = (text: string): Verdict => judge(() => isUpFrame(readUp(text), depth))
const judgeDown = (text: string): Verdict => judge(() => isDownFrame(readDown(text), text))

const ups: readonly UpFrame[] = [
  ...Object.values<readonly UpFrame[]>(upFrames).flat(),
  ...Object.values(values).map((argument) => ({ type: 'call', channel: 3, id: 1, name: 'ask', argument }) as const),
]
const downs: readonly DownFrame[] = [
  ...Object.values<readonly DownFrame[]>(downFrames).flat(),
  ...Object.values(values).map(
    (value) => ({ type: 'snapshot', channel: 3, epoch: 'e', revision: 1, value, isPlain: false, asks: true }) as const,
  ),
  ...Object.values(values).map((value) => ({ type: 'ok', channel: 3, id: 1, revision: 1, value }) as const),
]
const corpus = [...ups.map(upFrameText), ...downs.map(downFrameText)]

describe('hostile text', () => {
  const { stackTraceLimit } = Error
  beforeAll(() => {
    // Most texts are refused, and a stack costs more than all else.
    Error.stackTraceLimit = 0
  })
  afterAll(() => {
    Error.stackTraceLimit = stackTraceLimit
  })

  test('the examples themselves are good', () => {
    expect(new Set(ups.map((frame) => judgeUp(upFrameText(frame))))).toEqual(new Set(['accepted']))
    expect(new Set(downs.map((frame) => judgeDown(downFrameText(frame))))).toEqual(new Set(['accepted']))
  })

  test(`${cases} spoiled frames (LOCKSTEP_SEED=${seed})`, { timeout: 30_000 + cases }, () => {
    const chance = random(seed)
    let accepted = 0
    for (let index = 0; index < cases; index++) {
      const text = mutate(chance.pick(corpus), chance, corpus)
      const verdicts = [judgeUp(text), judgeDown(text)]
      const wrong = verdicts.find((verdict) => verdict.startsWith('wrong'))
      if (wrong !== undefined) throw new Error(`Case ${index}: ${wrong}: ${text.slice(0, 2000)}`)
      if (verdicts.includes('accepted')) accepted++
      if (index % 10_000 === 0) expectNoPollution()
    }
    expectNoPollution()
    // Else the mutations would be too coarse to get past the first check.
    expect(accepted).toBeGreaterThan(cases / 20)
  })

  const million = 1_000_000
  const hello = `[1,"hello",${protocolVersion},`
  test.each<[string, string, string]>([
    ['a million arrays in each other', '['.repeat(million), 'bad-frame'],
    ['a million closed arrays', `[1,"call",1,"x",${'['.repeat(million)}${']'.repeat(million)}]`, 'too-deep'],
    [
      '500,000 objects in each other',
      `[1,"call",1,"x",${'{"a":'.repeat(million / 2)}1${'}'.repeat(million / 2)}]`,
      'too-deep',
    ],
    ['maps', `[1,"call",1,"x",${'{"~":["m",[1,'.repeat(200_000)}1${']]}'.repeat(200_000)}]`, 'too-deep'],
    ['a deep key', `[1,"call",1,"x",{"~":["m",[${'['.repeat(million)}${']'.repeat(million)},1]]}]`, 'too-deep'],
    ['a deep path', `[1,"w",${'['.repeat(million)}${']'.repeat(million)}]`, 'too-large'],
    ['a path of a megabyte', `[1,"w",["${'x'.repeat(million)}"]]`, 'too-large'],
    ['a path of a million keys', `[1,"u",[${'1,'.repeat(million)}1]]`, 'too-large'],
    ['a name of a megabyte', `${hello}"${'x'.repeat(million)}"]`, 'too-large'],
    ['an epoch of a megabyte', `${hello}"a","${'x'.repeat(million)}",1]`, 'too-large'],
    ['an ack of a megabyte', `[1,"a",${' '.repeat(million)}1]`, 'too-large'],
    ['a path of 1000 keys', `[1,"w",[${'1,'.repeat(999)}1]]`, 'too-deep'],
    ['a million fields', `[1,"call",1,"x",1${',1'.repeat(million)}]`, 'bad-frame'],
    ['a number of 2000 digits', `[1,"a",${'9'.repeat(2000)}]`, 'bad-frame'],
    ['more than a frame may have', `[1,"call",1,"x","${'x'.repeat(defaultLimits.frameLength)}"]`, 'too-large'],
  ])('%s', { timeout: 60_000 }, (_, text, code) => {
    expect(() => readUp(text)).toThrow(expect.objectContaining({ name: 'SyncError', code }))
    expect(judgeDown(text)).not.toMatch('wrong')
    expectNoPollution()
  })

  test.each<[string, string]>([
    ['a bigint of a megabyte', `{"~":["n","${'f'.repeat(million)}"]}`],
    ['bytes of a megabyte', `{"~":["b","Uint8Array","${'A'.repeat(million)}"]}`],
    ['a map of 500,000 entries', `{"~":["m",[1${',1'.repeat(million - 1)}]]}`],
    ['250,000 keys', `{${Array.from({ length: million / 4 }, (_, index) => `"${index}":1`).join(',')}}`],
    ['250,000 tags', `[${'{"~":["u"]},'.repeat(million / 4)}1]`],
  ])('%s is within the limits', (_, value) => {
    expect(readUp(`[1,"call",1,"x",${value}]`).type).toBe('call')
  })
})
