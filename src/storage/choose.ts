import type { Damage, StoredReader } from './storage.ts'

/** One generation as a table has it: what is damaged is missing. */
export interface StoredGeneration {
  readonly number: number
  readonly snapshot: string | undefined
  /** The intact records from the first on. */
  readonly records: readonly string[]
  /** Intact records behind something damaged; not even those: `undefined`. */
  readonly stranded: readonly string[] | undefined
}

export interface Choice {
  /** The number of the generation that the reader has taken; `undefined` if there was nothing for it. */
  readonly current: number | undefined
  /** Whether it can be gone on with: it is the newest, and all of it was taken. */
  readonly appendable: boolean
  readonly damage: readonly Damage[]
  /** The same, by generation. */
  readonly damaged: readonly { readonly kind: 'snapshot' | 'journal'; readonly number: number }[]
}

/**
 * Shows a reader the newest generation that is intact, with all the records since, until it takes one.
 *
 * @param generations from the oldest on.
 * @param locate where the snapshot or the journal of a generation is.
 */
export function choose(
  generations: readonly StoredGeneration[],
  read: StoredReader,
  locate: (kind: 'snapshot' | 'journal', number: number) => Pick<Damage, 'location' | 'quarantine'>,
): Choice {
  const damage: Damage[] = []
  const damaged: { kind: 'snapshot' | 'journal'; number: number }[] = []
  const found = (kind: 'snapshot' | 'journal', number: number, stranded: readonly string[]): void => {
    damage.push({ kind, stranded, ...locate(kind, number) })
    damaged.push({ kind, number })
  }
  for (let index = generations.length - 1; index >= 0; index--) {
    const { number, snapshot } = generations[index] as StoredGeneration
    const since = generations.slice(index)
    const end = since.findIndex(({ stranded }) => stranded !== undefined) + 1 || since.length
    const records = since.slice(0, end).flatMap((generation) => generation.records)
    const verdict = snapshot === undefined ? 'damaged' : read({ snapshot, records })
    if (verdict === 'damaged') {
      found('snapshot', number, [])
      continue
    }
    let taken = verdict === 'read-only' ? records.length : verdict
    for (const [at, generation] of since.entries()) {
      const untaken = generation.records.slice(at < end ? taken : 0)
      taken = Math.max(0, taken - generation.records.length)
      if (untaken.length === 0 && generation.stranded === undefined) continue
      found('journal', generation.number, [...untaken, ...(generation.stranded ?? [])])
    }
    return { current: number, appendable: verdict !== 'read-only' && damage.length === 0, damage, damaged }
  }
  for (const { number, records, stranded } of generations) {
    const all = [...records, ...(stranded ?? [])]
    if (all.length > 0) found('journal', number, all)
  }
  return { current: undefined, appendable: false, damage, damaged }
}
