import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Document, copyState } from '../document/document.ts'
import type { Op } from '../document/types.ts'
import { Log } from './log.ts'

const noneInUse = (): number[] => []
const set = (key: string, value: unknown): Op => ({ kind: 'set', path: [key], value })

describe('the log', () => {
  test('counts commits, and knows what came since any of them', () => {
    const log = new Log(100)
    log.append([set('a', 1)], noneInUse)
    log.append([set('b', 2), set('a', 3)], noneInUse)
    expect(log.revision).toBe(2)
    expect(log.since(0)).toEqual([set('a', 3), set('b', 2)])
    expect(log.since(1)).toEqual([set('b', 2), set('a', 3)])
    expect(log.since(2)).toEqual([])
    expect(log.since(3)).toBeUndefined()
  })

  test('has room for exactly as many ops as it is told', () => {
    const log = new Log(4)
    for (let commit = 0; commit < 4; commit++) log.append([set(`${commit}`, commit)], noneInUse)
    expect(log.since(0)).toHaveLength(4)
    log.append([set('5', 5)], noneInUse)
    expect(log.since(0)).toBeUndefined()
    expect(log.length).toBeLessThanOrEqual(2)
  })

  test('compacts before it forgets, but not across revisions that somebody is at', () => {
    const log = new Log(8)
    for (let commit = 0; commit < 100; commit++) log.append([set('a', commit)], () => [3, 50])
    expect(log.since(3)).toEqual([set('a', 99)])
    expect(log.since(50)).toEqual([set('a', 99)])
    expect(log.since(40)).toBeUndefined()
  })

  test('counts the commits that its ops were', () => {
    const log = new Log(100)
    log.append([set('a', 1)], noneInUse, 5)
    log.append([set('b', 2)], noneInUse)
    expect([log.length, log.revision]).toEqual([2, 6])
    expect([log.since(0), log.since(5)]).toEqual([[set('a', 1), set('b', 2)], [set('b', 2)]])
    expect(log.since(3)).toBeUndefined()
  })

  test('forgets a commit that is larger than all of it', () => {
    const log = new Log(4)
    log.append(
      Array.from({ length: 100 }, (_, index) => set(`${index}`, index)),
      () => [0],
    )
    expect(log.length).toBe(0)
    expect(log.since(0)).toBeUndefined()
    expect(log.since(1)).toEqual([])
  })

  test('whatever it keeps leads from there to here, and it keeps no more than it may', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd')
    const op: fc.Arbitrary<Op> = fc.oneof(
      fc.record({ kind: fc.constant('set' as const), path: fc.tuple(key), value: fc.string({ maxLength: 3 }) }),
      fc.record({ kind: fc.constant('delete' as const), path: fc.tuple(key) }),
      fc.record({
        kind: fc.constant('append' as const),
        path: fc.constant(['text']),
        chunk: fc.string({ maxLength: 3 }),
      }),
    )
    const commits = fc.array(fc.array(op, { minLength: 1, maxLength: 5 }), { maxLength: 60 })
    const property = fc.property(commits, fc.integer({ min: 1, max: 40 }), fc.array(fc.nat(60)), (all, max, inUse) => {
      const log = new Log(max)
      const history: string[] = []
      const document = newDocument({ text: '' })
      for (const ops of all) {
        history.push(text(document))
        document.apply(ops)
        log.append(ops, () => inUse)
        expect(log.length).toBeLessThanOrEqual(max)
      }
      history.forEach((before, revision) => {
        const ops = log.since(revision)
        if (ops === undefined) return
        const replica = newDocument(JSON.parse(before) as object)
        replica.apply(ops)
        expect(text(replica)).toBe(text(document))
      })
    })
    fc.assert(property, { numRuns: 1000 })
  })
})

function newDocument(state: object): Document {
  return new Document(copyState(state), (error) => {
    throw error
  })
}

/** The order of the keys included. */
function text(document: Document): string {
  return JSON.stringify(document.get([]))
}
