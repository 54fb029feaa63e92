/** Random operations, each done to a draft and, the naive way, to a plain copy of the state. */
import { arrayOperations } from './array-operations.ts'
import { assign, deepCopy, depth, entries, isPlain, partOf, size, type Chance, type Plain } from './plain.ts'
import { keys, mapKeys, randomContainer, randomValue } from './values.ts'

/** The same container twice: as the draft shows it, and in the plain copy. */
export interface Pair {
  readonly draft: Plain
  readonly plain: Plain
}

const maxSize = 60
const maxDepth = 9

export class Operations {
  readonly #chance: Chance
  readonly #root: Pair
  /** Drafts met before, some of which may have been taken out of the state since. */
  readonly #handles: Pair[] = []

  constructor(chance: Chance, root: Pair) {
    this.#chance = chance
    this.#root = root
    this.#handles.push(root)
  }

  /** Does one, and returns its name. */
  run(): string {
    const pair = this.target()
    if (pair.plain instanceof Map) return this.#map(pair.draft as Map<unknown, unknown>, pair.plain)
    if (pair.plain instanceof Set) return this.#set(pair.draft as Set<unknown>, pair.plain)
    if (Array.isArray(pair.plain))
      return this.#one(arrayOperations(this.#chance, pair.draft as unknown[], pair.plain, this.#value(), this.#keep))
    return this.#object(pair.draft as Record<string, unknown>, pair.plain)
  }

  /** All containers that may be written to. */
  get handles(): readonly Pair[] {
    return this.#handles
  }

  /** A random container: from the root down, or one that was met before. */
  target(): Pair {
    if (this.#chance.once(4)) return this.#chance.of(this.#handles)
    let pair = this.#root
    while (!this.#chance.once(4)) {
      const parts = entries(pair.plain).filter(([, part]) => isPlain(part))
      if (parts.length === 0) break
      const [key, plain] = this.#chance.of(parts)
      pair = { draft: partOf(pair.draft, key) as Plain, plain: plain as Plain }
    }
    this.#handles.push(pair)
    return pair
  }

  /** A value to be written, as the user and as the oracle has it: new, or a draft from elsewhere, or one within a new one. */
  #value(): { draft: unknown; plain: unknown } {
    const chance = this.#chance
    if (!chance.once(3)) {
      const value = randomValue(chance, 3)
      return { draft: value, plain: deepCopy(value) }
    }
    const moved = this.target()
    if (
      size(moved.plain) + size(this.#root.plain) > maxSize ||
      depth(moved.plain) + depth(this.#root.plain) > maxDepth
    ) {
      return { draft: 1, plain: 1 }
    }
    return chance.of([
      moved,
      { draft: [moved.draft, 1, moved.draft], plain: [moved.plain, 1, moved.plain] },
      { draft: { a: moved.draft }, plain: { a: moved.plain } },
      { draft: spread(moved.draft), plain: spread(moved.plain) },
    ])
  }

  #object(draft: Record<string, unknown>, plain: Record<string, unknown>): string {
    const chance = this.#chance
    const key = chance.of(Object.keys(plain).length > 0 && chance.once(2) ? Object.keys(plain) : keys)
    const value = this.#value()
    return this.#one({
      set: () => [(draft[key] = value.draft), assign(plain, key, value.plain)],
      setText: () => [(draft[key] = 'b'), (plain[key] = 'b')],
      grow: () => {
        if (typeof plain[key] !== 'string') return
        draft[key] += 'more'
        plain[key] = `${plain[key]}more`
      },
      delete: () => [delete draft[key], delete plain[key]],
      deleteAndSet: () => {
        if (!Object.hasOwn(plain, key)) return
        const [copied, kept] = [deepCopy(plain[key]), draft[key]]
        delete draft[key]
        delete plain[key]
        draft[key] = kept
        plain[key] = copied
      },
      swap: () => {
        const other = chance.of(keys)
        if (!Object.hasOwn(plain, key) || !Object.hasOwn(plain, other)) return
        const [mine, its] = [draft[key], draft[other]]
        draft[key] = its
        draft[other] = mine
        const [plainMine, plainIts] = [plain[key], plain[other]]
        assign(plain, key, plainIts)
        assign(plain, other, plainMine)
      },
      twice: () => {
        const same = randomContainer(chance, 2)
        draft[key] = same
        draft['d'] = same
        plain[key] = deepCopy(same)
        plain['d'] = deepCopy(same)
      },
      rewrite: () => {
        // A reducer's habit: most of the new container is the old one.
        const part = plain[key]
        if (!isPlain(part)) return
        draft[key] = spread(draft[key] as Plain)
        plain[key] = deepCopy(part)
      },
      assign: () => [Object.assign(draft, { a: 1, b: 'b' }), Object.assign(plain, { a: 1, b: 'b' })],
    })
  }

  #map(draft: Map<unknown, unknown>, plain: Map<unknown, unknown>): string {
    const chance = this.#chance
    const value = this.#value()
    const key = chance.of(plain.size > 0 && chance.once(2) ? [...plain.keys()] : mapKeys)
    return this.#one({
      set: () => [draft.set(key, value.draft), assign(plain, key, value.plain)],
      delete: () => {
        const [kept, plainKept] = [draft.get(key), plain.get(key)]
        draft.delete(key)
        plain.delete(key)
        this.#keep(kept, plainKept)
      },
      moveToEnd: () => {
        if (!plain.has(key)) return
        const [kept, copied] = [draft.get(key), deepCopy(plain.get(key))]
        draft.delete(key)
        draft.set(key, kept)
        plain.delete(key)
        plain.set(key, copied)
      },
      clear: () => (chance.once(4) ? [draft.clear(), plain.clear()] : undefined),
      iterate: () => {
        // The choices have to be the same for both, so they are made beforehand.
        const choices = Array.from(
          { length: 40 },
          () => [chance.below(6), chance.of(mapKeys), chance.below(9)] as const,
        )
        wander(draft, choices)
        wander(plain, choices)
      },
    })
  }

  #set(draft: Set<unknown>, plain: Set<unknown>): string {
    const member = this.#chance.of(mapKeys)
    return this.#one({
      add: () => [draft.add(member), plain.add(member)],
      delete: () => [draft.delete(member), plain.delete(member)],
      moveToEnd: () => [draft.delete(member), draft.add(member), plain.delete(member), plain.add(member)],
      clear: () => (this.#chance.once(4) ? [draft.clear(), plain.clear()] : undefined),
      iterate: () => {
        for (const set of [draft, plain]) {
          let steps = 0
          for (const each of set) {
            if (steps++ > 8) break
            if (typeof each === 'string') set.delete(each)
            else if (typeof each === 'number' && each < 3) set.add(each + 1)
          }
        }
      },
    })
  }

  #one(operations: Record<string, () => unknown>): string {
    const name = this.#chance.of(Object.keys(operations))
    operations[name]?.()
    return name
  }

  readonly #keep = (draft: unknown, plain: unknown): void => {
    if (isPlain(plain)) this.#handles.push({ draft: draft as Plain, plain })
  }
}

function wander(map: Map<unknown, unknown>, choices: readonly (readonly [number, unknown, number])[]): void {
  let step = 0
  for (const key of map.keys()) {
    const [choice, other, value] = choices[step++] ?? [9, undefined, 0]
    if (choice === 9) return
    if (choice === 0) map.delete(key)
    else if (choice === 1) map.set(key, value)
    else if (choice === 2 && map.delete(key)) map.set(key, value)
    else if (choice === 3) map.set(other, value)
    else if (choice === 4) map.delete(other)
    if (step === 20) map.clear()
  }
}

/** A plain shallow copy, as users make it. */
function spread(container: Plain): Plain {
  if (Array.isArray(container)) return [...container]
  if (container instanceof Map) return new Map(container)
  return container instanceof Set ? new Set(container) : { ...container }
}
