import { createSource, type OpenedSource, type Source } from 'lockstep/source'
import { type Damaged, type DataCommands, type DataState, type SavingState, dataStore } from '../shared/data.ts'

/** What is said of a source that saves itself; of any state. */
export type Kept = Pick<OpenedSource<object>, 'opened' | 'revision' | 'saving' | 'close'>

/** Watches how the sources fare that save themselves, and tells it to the windows. */
export function createData(
  kept: { readonly chats: Kept; readonly [what: string]: Kept },
  { keyIs, findings }: Pick<DataState, 'keyIs' | 'findings'>,
): Source<DataState, DataCommands> {
  const data: Source<DataState, DataCommands> = createSource(dataStore, {
    state: { ...dataStore.state(), keyIs, findings: [...Object.entries(kept).flatMap(damagedOf), ...findings] },
    commands: {
      dismiss: ({ index }) => {
        data.update((draft) => {
          if (draft.findings[index] !== undefined) draft.findings.splice(index, 1)
        })
      },
    },
  })
  const update = (): void => {
    const saving = summarize(Object.values(kept))
    data.update((draft) => {
      // Whoever says "saved" says it of the revision that is current at this moment.
      const revision = kept.chats.saving.get().state === 'saved' ? kept.chats.revision : draft.saving.revision
      draft.saving = { ...saving, revision }
    })
  }
  for (const { saving } of Object.values(kept)) saving.subscribe(update)
  return data
}

/** One that fails matters most, one that is not ready yet more than one that is. */
function summarize(kept: readonly Kept[]): Omit<SavingState, 'revision'> {
  const all = kept.map(({ saving }) => saving.get())
  const failed = all.find(({ state }) => state === 'failed')
  if (failed !== undefined) return { state: 'failed', problem: failed.error }
  return { state: all.some(({ state }) => state === 'saving') ? 'saving' : 'saved', problem: undefined }
}

function damagedOf([what, { opened }]: [string, Kept]): Damaged[] {
  const { recovered } = opened
  if (recovered === undefined) return []
  const { damage, lostCommits, lostSince } = recovered
  const kept = new Set(damage.flatMap(({ quarantine }) => quarantine ?? []))
  return [{ kind: 'damaged', what, lostChanges: lostCommits, asOf: lostSince, kept: [...kept] }]
}
