/** The window's side of every contestant whose store tells of all changes alike, and has an immutable state. */
import type { WindowSide } from '../lab/contestant.ts'
import type { State } from '../state.ts'

export interface PlainStore {
  getState(): State
  subscribe(run: () => void): unknown
}

/** Components look whether what they show is another, as `useSelector`, `useStore` and derived stores do. */
export function storeSide({
  getState,
  subscribe,
}: PlainStore): Pick<WindowSide, 'component' | 'reader' | 'store' | 'read'> {
  const select = <T>(of: (state: State) => T, run: (value: T) => void): void => {
    let shown = of(getState())
    subscribe(() => {
      const value = of(getState())
      if (Object.is(value, shown)) return
      shown = value
      run(value)
    })
  }
  const text = (id: string, run: (length: number) => void): void => {
    select((state) => state.byId[id]?.metadata.response.length ?? 0, run)
  }
  return {
    component(id, run) {
      select((state) => state.byId[id]?.metadata.model ?? '', run)
    },
    reader: text,
    store: text,
    read: getState,
  }
}
