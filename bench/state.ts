/** The state that all workloads share: a record of entities (records, because not every peer can carry a `Map`). */

export interface Entity {
  id: string
  title: string
  metadata: { model: string; response: string }
}

export interface State {
  byId: Record<string, Entity>
}

export function idOf(n: number): string {
  return `entity-${n}`
}

/** @param length of each entity's text, in characters. */
export function makeState(entities: number, length = 0): State {
  const byId: Record<string, Entity> = {}
  for (let n = 0; n < entities; n++) {
    const response = textOf(n, length)
    byId[idOf(n)] = { id: idOf(n), title: `Title ${n}`, metadata: { model: 'model', response } }
  }
  return { byId }
}

/** `state` with one entity's metadata changed, as immutable code changes it by hand. */
export function withMetadata(state: State, id: string, change: Partial<Entity['metadata']>): State {
  const entity = state.byId[id] as Entity
  return {
    ...state,
    byId: { ...state.byId, [id]: { ...entity, metadata: { ...entity.metadata, ...change } } },
  }
}

/** Other text for each entity, so that no two are one string in memory. */
function textOf(n: number, length: number): string {
  if (length === 0) return ''
  const word = `${n} lorem ipsum `
  return word.repeat(Math.ceil(length / word.length)).slice(0, length)
}
