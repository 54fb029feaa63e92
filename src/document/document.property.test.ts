/**
 * Random updates against a naive oracle. `LOCKSTEP_OPERATIONS=5000000` does that many operations; a failure names the seed
 * of its episode, and `LOCKSTEP_SEED=1234 npx vitest run src/document/document.property` plays that one again.
 */
import { test } from 'vitest'
import { compact } from './compact.ts'
import { copyState, Document } from './document.ts'
import { ReplicaDocument } from './replica-document.ts'
import { fail, Follower, refused, same } from './test-support/follower.ts'
import { Operations, type Pair } from './test-support/operations.ts'
import { Chance, deepCopy, entries, isPlain, type Plain } from './test-support/plain.ts'
import { randomBad, randomContainer } from './test-support/values.ts'
import type { Container } from './tree.ts'
import type { Key, Op, Path } from './types.ts'

const wanted = Number(process.env['LOCKSTEP_OPERATIONS'] ?? 200_000)
const seed = process.env['LOCKSTEP_SEED']
const operationsPerEpisode = 300
// Most of the time went into the stacks of refusals.
Error.stackTraceLimit = 3

test(`${wanted} random operations, checked against plain copies`, { timeout: 24 * 3600_000 }, () => {
  if (seed !== undefined) return void new Episode(Number(seed)).run()
  for (let episode = 0, done = 0; done < wanted; episode++) {
    try {
      done += new Episode(episode).run()
    } catch (cause) {
      throw new Error(`LOCKSTEP_SEED=${episode}: ${(cause as Error).message}`, { cause })
    }
  }
})

const stop = new Error('thrown half-way')

class Episode {
  readonly #chance: Chance
  readonly #document: Document
  readonly #followers: readonly Follower[]
  readonly #watchers: (() => void)[] = []
  /** What must not change any more, each with a copy made at the time. */
  readonly #settled: (readonly [unknown, unknown, string])[] = []
  /** Whether somebody looks at every state; otherwise hardly any snapshot is ever good. */
  readonly #watched: boolean
  #state: Plain
  #count = 0

  constructor(number: number) {
    this.#chance = new Chance(number)
    this.#state = { a: {}, b: [1, 2], c: new Map<unknown, unknown>([['a', {}]]), d: new Set(['a']), text: 'x' }
    if (this.#chance.once(4)) this.#state = randomContainer(this.#chance, 3) as Plain
    this.#document = newDocument(deepCopy(this.#state))
    const replica = () => {
      const initial = deepCopy(this.#state) as Container
      return new ReplicaDocument(() => initial, fail)
    }
    this.#followers = [
      new Follower(replica(), 1, (ops) => ops),
      new Follower(replica(), 1, compact),
      // A source takes ops as well, and takes them back exactly if one fails.
      new Follower(newDocument(deepCopy(this.#state)), 3, compact),
      new Follower(replica(), 4, (ops) => compact(compact(ops))),
    ]
    this.#watched = !this.#chance.once(3)
    const documents = this.#followers.map(({ document }) => document)
    if (this.#watched) documents.push(this.#document)
    for (const document of documents) for (let n = 0; n < 4; n++) this.#watch(document)
  }

  run(): number {
    while (this.#count < operationsPerEpisode) {
      if (this.#chance.once(12)) this.#replace()
      else this.#update()
    }
    for (const [value, copy, what] of this.#settled) same(value, copy, what)
    return this.#count
  }

  #update(): void {
    const before = this.#look()
    if (before !== undefined && this.#chance.once(2)) this.#settle(before, 'an earlier snapshot')
    const plain = deepCopy(this.#state)
    const fails = this.#chance.once(6)
    try {
      const { ops } = this.#document.update((draft) => {
        const root = { draft: draft as Plain, plain }
        const operations = new Operations(this.#chance, root)
        for (let count = this.#chance.below(12); count >= 0; count--) {
          this.#count++
          operations.run()
          if (this.#chance.once(12)) this.#writeBad(operations.target())
          if (this.#chance.once(8)) this.#compare(this.#chance.of([root, ...operations.handles]))
        }
        if (fails) throw stop
      })
      this.#state = plain
      this.#check(before, ops)
    } catch (error) {
      if (error !== stop) throw error
      const after = this.#look()
      if (before !== undefined && after !== undefined && after !== before) {
        throw new Error('a failed update has changed the identity of the state', { cause: error })
      }
      same(this.#document.live, this.#state, 'live state after a failed update')
      same(after ?? this.#state, this.#state, 'state after a failed update')
    }
  }

  #compare({ draft, plain }: Pair): void {
    same(draft, plain, 'draft')
  }

  #writeBad({ draft, plain }: Pair): void {
    const bad = randomBad(this.#chance)
    refused(() => {
      if (draft instanceof Map) draft.set('a', bad)
      else if (draft instanceof Set) draft.add(bad)
      else if (Array.isArray(draft)) draft.push(1, { ok: true }, bad)
      else draft['a'] = bad
    })
    same(draft, plain, 'draft after a refused write')
  }

  #replace(): void {
    this.#count++
    const before = this.#look()
    const next = deepCopy(this.#state)
    const scratch = newDocument(deepCopy(next))
    // Changed a little, by way of another document, or replaced by something else.
    if (this.#chance.once(10)) this.#state = randomContainer(this.#chance, 3) as Plain
    else {
      scratch.update((draft) => new Operations(this.#chance, { draft: draft as Plain, plain: next }).run())
      this.#state = next
    }
    const ops = this.#document.replace(copyState(deepCopy(this.#state)))
    this.#check(before, ops)
    if (this.#document.replace(copyState(deepCopy(this.#state))).length > 0) throw new Error('ops without a difference')
  }

  #check(before: unknown, ops: readonly Op[]): void {
    this.#document.notify(ops)
    const after = this.#look()
    if (after !== undefined) same(after, this.#state, 'state')
    if (after === undefined || this.#chance.once(3)) same(this.#document.live, this.#state, 'live state')
    this.#settle(ops, 'the ops of an earlier commit')
    for (const [index, follower] of this.#followers.entries()) {
      if (!follower.follow(ops, this.#state, this.#chance)) continue
      same(follower.document.get([]), this.#state, `follower ${index}`)
    }
    for (const watcher of this.#watchers) watcher()
    if (after !== undefined && this.#chance.once(3)) sameIdentity(before, after, [], ops)
  }

  /** The state, if somebody looks. */
  #look(): unknown {
    return this.#watched || this.#chance.once(4) ? this.#document.get([]) : undefined
  }

  /** A listener has to be told exactly when what it reads is another reference. */
  #watch(document: ReplicaDocument): void {
    const path: Key[] = []
    for (let at: unknown = this.#state; isPlain(at) && !this.#chance.once(3);) {
      const [key, part] = this.#chance.of([...entries(at), ['x', undefined] as const])
      path.push(key as Key)
      at = part
    }
    let told: unknown = document.get(path)
    let times = -1 // subscribe() tells at once
    document.at(path).subscribe((value) => {
      times++
      told = value
    })
    let last = told
    this.#watchers.push(() => {
      const now = document.get(path)
      if (!Object.is(now, told)) throw new Error(`a listener at /${path.map(String).join('/')} was not told`)
      if (times !== (Object.is(now, last) ? 0 : 1)) throw new Error(`a listener was told ${times} times`)
      last = now
      times = 0
    })
  }

  #settle(value: unknown, what: string): void {
    this.#settled.push([value, deepCopy(value), what])
  }
}

function newDocument(state: Plain): Document {
  return new Document(copyState(state), fail)
}

/** What no op concerns is the same reference before and after. */
function sameIdentity(before: unknown, after: unknown, path: Path, ops: readonly Op[]): void {
  if (!isPlain(before) || before === after) return
  const concerned = ops.filter((op) => path.every((key, at) => at >= op.path.length || Object.is(op.path[at], key)))
  if (concerned.length === 0) throw new Error(`/${path.map(String).join('/')} has changed its identity for nothing`)
  if (concerned.some((op) => op.path.length <= path.length) || before instanceof Set) return
  for (const [key, part] of entries(before)) {
    const next = after instanceof Map ? after.get(key) : (after as Record<string, unknown>)[key as string]
    sameIdentity(part, next, [...path, key as Key], concerned)
  }
}
