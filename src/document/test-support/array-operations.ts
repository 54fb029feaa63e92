import { assign, deepCopy, entries, isPlain, type Chance } from './plain.ts'

/** What can be done to an array, each to a draft and to a plain copy of what it stands for. */
export function arrayOperations(
  chance: Chance,
  draft: unknown[],
  plain: unknown[],
  value: { readonly draft: unknown; readonly plain: unknown },
  keep: (draft: unknown, plain: unknown) => void,
): Record<string, () => unknown> {
  const index = chance.below(plain.length + 1)
  const other = chance.below(plain.length + 1)
  const count = chance.below(3)
  const label = (item: unknown) => (isPlain(item) ? `container of ${entries(item).length}` : String(item))
  const compare = (a: unknown, b: unknown) => (label(a) < label(b) ? -1 : label(a) > label(b) ? 1 : 0)
  return {
    push: () => [draft.push(value.draft, 1), plain.push(deepCopy(value.plain), 1)],
    pushMany: () => [draft.push(...[1, 2, 3]), plain.push(1, 2, 3)],
    pop: () => keep(draft.pop(), plain.pop()),
    shift: () => keep(draft.shift(), plain.shift()),
    unshift: () => [draft.unshift(value.draft), plain.unshift(deepCopy(value.plain))],
    splice: () => {
      const [removed, plainRemoved] = [
        draft.splice(index, count, value.draft),
        plain.splice(index, count, deepCopy(value.plain)),
      ]
      keep(removed[0], plainRemoved[0])
    },
    spliceFromEnd: () => [draft.splice(-1), plain.splice(-1)],
    set: () => [(draft[index] = value.draft), assign(plain, index, value.plain)],
    length: () => [(draft.length = Math.min(index, plain.length)), (plain.length = Math.min(index, plain.length))],
    sort: () => [draft.sort(compare), plain.sort(compare)],
    reverse: () => [draft.reverse(), plain.reverse()],
    swap: () => {
      if (index >= plain.length || other >= plain.length) return
      ;[draft[index], draft[other]] = [draft[other], draft[index]]
      const [mine, its] = [plain[index], plain[other]]
      assign(plain, index, its)
      assign(plain, other, mine)
    },
    fill: () => {
      draft.fill(value.draft, index, index + 2)
      for (let at = index; at < Math.min(index + 2, plain.length); at++) assign(plain, at, value.plain)
    },
    copyWithin: () => {
      draft.copyWithin(index, other)
      const length = Math.min(plain.length - other, plain.length - index)
      const offsets = Array.from({ length: Math.max(length, 0) }, (_, offset) => offset)
      if (other < index) offsets.reverse()
      for (const offset of offsets) assign(plain, index + offset, plain[other + offset])
    },
  }
}
