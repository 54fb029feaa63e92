/** Fewer ops to the same effect. */
import type { Key, Op, Path } from './types.ts'

/** What is known of a path. Indices are places in the list of ops kept. */
interface Spot {
  /** The ops at this very path. */
  own: number[]
  readonly below: Map<Key, Spot>
  /** The highest index of an element below, where this is an array. */
  highest: number
  /** Ops below whose paths a splice has made meaningless: nothing merges with them any more. */
  lost: number[]
}

/**
 * Compacts ops in order: the last `set` of a path wins, in the place of the first (the order of keys depends on it);
 * appends are merged; what lies under a value that is replaced or deleted later is dropped; pushes are merged. A text
 * that was set to itself and more becomes an append. Linear in the number of ops and the length of their paths.
 */
export function compact(ops: readonly Op[]): Op[] {
  const op = ops[0]
  // By far the most frequent, and there is nothing to merge with.
  if (op !== undefined && ops.length === 1) return op.kind === 'set' ? asAppend(op) : [op]
  const compaction = new Compaction()
  for (const op of ops) compaction.add(op)
  return compaction.result()
}

class Compaction {
  readonly #kept: (Op | undefined)[] = []
  readonly #root = newSpot()
  /** Merged splices, whose items are ours to push to. */
  readonly #growing = new Map<number, unknown[]>()

  add(op: Op): void {
    const spot = find(this.#root, op.path)
    if (op.kind === 'append') this.#append(spot, op)
    else if (op.kind === 'splice') this.#splice(spot, op)
    else this.#replace(spot, op)
  }

  result(): Op[] {
    return this.#kept.filter((op) => op !== undefined).flatMap((op) => (op.kind === 'set' ? asAppend(op) : op))
  }

  #replace(spot: Spot, given: Op & { kind: 'set' | 'delete' }): void {
    let op: Op = given
    if (op.kind === 'set') {
      const last = this.#last(spot)
      if (last?.kind === 'append') {
        const [appended] = asAppend(op)
        if (appended?.kind === 'append') return this.#append(spot, appended)
        op = { kind: 'set', path: op.path, value: op.value }
      }
    }
    for (const next of spot.below.values()) this.#drop(next)
    spot.below.clear()
    for (const index of spot.lost) this.#kept[index] = undefined
    spot.lost = []
    const own = spot.own.map((index) => [index, this.#kept[index]] as const)
    for (const index of spot.own) this.#kept[index] = undefined
    // After a deletion the key comes last, so the deletion stays; after a set it has its place already.
    const deletion = op.kind === 'set' ? own.find(([, kept]) => kept?.kind === 'delete') : undefined
    const first = op.kind === 'set' ? own.find(([, kept]) => kept?.kind === 'set') : undefined
    spot.own = []
    if (deletion !== undefined) this.#keep(spot, deletion[1] as Op, deletion[0])
    if (first?.[1]?.kind === 'set' && op.kind === 'set') {
      this.#keep(
        spot,
        own.length === (deletion === undefined ? 1 : 2) ? { ...first[1], value: op.value } : op,
        first[0],
      )
    } else this.#keep(spot, op, this.#kept.length)
  }

  #append(spot: Spot, op: Op & { kind: 'append' }): void {
    const last = this.#last(spot)
    const index = spot.own[spot.own.length - 1] ?? 0
    if (last?.kind === 'append') this.#kept[index] = { ...last, chunk: last.chunk + op.chunk }
    else if (last?.kind === 'set' && typeof last.value === 'string')
      this.#kept[index] = { ...last, value: last.value + op.chunk }
    else this.#keep(spot, op, this.#kept.length)
  }

  #splice(spot: Spot, op: Op & { kind: 'splice' }): void {
    const last = this.#last(spot)
    const index = spot.own[spot.own.length - 1] ?? 0
    // A push behind a push, with nothing done since to an element that it would shift.
    if (
      last?.kind === 'splice' &&
      op.remove === 0 &&
      op.index === last.index + last.items.length &&
      spot.highest < op.index
    ) {
      let items = this.#growing.get(index)
      if (items === undefined) {
        this.#growing.set(index, (items = [...last.items]))
        this.#kept[index] = { ...last, items }
      }
      for (const item of op.items) items.push(item)
      return
    }
    for (const next of spot.below.values()) collect(next, spot.lost)
    spot.below.clear()
    spot.highest = -1
    this.#keep(spot, op, this.#kept.length)
  }

  #last(spot: Spot): Op | undefined {
    const index = spot.own[spot.own.length - 1]
    return index === undefined ? undefined : this.#kept[index]
  }

  #keep(spot: Spot, op: Op, index: number): void {
    this.#kept[index] = op
    spot.own.push(index)
  }

  #drop(spot: Spot): void {
    const all: number[] = []
    collect(spot, all)
    for (const index of all) this.#kept[index] = undefined
  }
}

/**
 * `===` on a slice, because it compares memory; `startsWith` was 70 times slower on long texts in V8.
 */
function asAppend(op: Op & { kind: 'set' }): Op[] {
  const { path, previous, value } = op
  if (previous === undefined || typeof value !== 'string') return [op]
  if (value.length < previous.length || value.slice(0, previous.length) !== previous)
    return [{ kind: 'set', path, value }]
  return value.length === previous.length ? [] : [{ kind: 'append', path, chunk: value.slice(previous.length) }]
}

function newSpot(): Spot {
  return { own: [], below: new Map(), highest: -1, lost: [] }
}

function find(root: Spot, path: Path): Spot {
  let spot = root
  for (const key of path) {
    let next = spot.below.get(key)
    if (next === undefined) spot.below.set(key, (next = newSpot()))
    if (typeof key === 'number' && key > spot.highest) spot.highest = key
    spot = next
  }
  return spot
}

/** Adds the indices of all ops at a spot and below it. */
function collect(spot: Spot, into: number[]): void {
  for (const index of spot.own) into.push(index)
  for (const index of spot.lost) into.push(index)
  for (const next of spot.below.values()) collect(next, into)
}
