import { SyncError } from '../../error.ts'
import { compact } from '../compact.ts'
import { Document } from '../document.ts'
import type { ReplicaDocument } from '../replica-document.ts'
import type { Op } from '../types.ts'
import { deepCopy, difference, isPlain, keysOf, partOf, sort, type Chance, type Plain } from './plain.ts'

/** A document that follows another one through ops, as a replica does. */
export class Follower {
  readonly document: ReplicaDocument
  readonly #convert: (ops: readonly Op[]) => readonly Op[]
  /** How many commits it takes at once. */
  readonly #batch: number
  #pending: (readonly Op[])[] = []

  constructor(document: ReplicaDocument, batch: number, convert: (ops: readonly Op[]) => readonly Op[]) {
    this.document = document
    this.#convert = convert
    this.#batch = batch
  }

  /** Takes the ops of a commit that led to `state`; whether it is up to date now. */
  follow(commit: readonly Op[], state: Plain, chance: Chance): boolean {
    this.#pending.push(commit)
    if (chance.once(9)) this.#joinAnew(state)
    if (this.#pending.length === 0) return true
    if (this.#pending.length < this.#batch) return false
    let ops = this.#pending.flat()
    // What a log does: some of it is compacted already.
    if (this.#pending.length > 2 && chance.once(2)) {
      ops = [...compact(this.#pending.slice(0, 2).flat()), ...this.#pending.slice(2).flat()]
    }
    this.#pending = []
    if (this.document instanceof Document && chance.once(5)) this.#failHalfWay(ops)
    const given = this.#convert(ops)
    const kept = chance.once(4) ? deepCopy(given) : undefined
    this.document.apply(given)
    this.document.notify(given)
    if (kept !== undefined) same(given, kept, 'ops after they were applied')
    return true
  }

  #joinAnew(state: Plain): void {
    const before = this.document.get([])
    this.document.install(deepCopy(state))
    this.#pending = []
    sameWhereEqual(before, this.document.get([]))
  }

  #failHalfWay(ops: readonly Op[]): void {
    const before = this.document.get([])
    const kept = deepCopy(before)
    const bad: Op = { kind: 'append', path: ['no', 'such', 'text'], chunk: '' }
    refused(() => {
      this.document.apply([...ops, bad])
    })
    if (this.document.get([]) !== before) throw new Error('a failed apply has changed the identity of the state')
    same(this.document.live, kept, 'state after a failed apply')
  }
}

export function fail(error: unknown): never {
  throw error
}

/** What is deep-equal is the same reference. */
function sameWhereEqual(before: unknown, after: unknown): void {
  if (before === after || !isPlain(before) || !isPlain(after) || sort(before) !== sort(after)) return
  if (difference(before, after) === undefined) throw new Error('what is equal has changed its identity')
  for (const key of keysOf(after)) sameWhereEqual(partOf(before, key), partOf(after, key))
}

export function refused(run: () => void): void {
  try {
    run()
  } catch (error) {
    if (error instanceof SyncError) return
    throw error
  }
  throw new Error('was not refused')
}

export function same(actual: unknown, expected: unknown, what: string): void {
  const found = difference(actual, expected)
  if (found !== undefined) throw new Error(`${what} differs at ${found}`)
}
