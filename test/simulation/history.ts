import { initialState, type State } from './model.ts'

/** Every state that a store ever had, by the life of its source and its revision. Snapshots share what did not change. */
export class History {
  readonly #lives: State[][] = []

  /** The life and the revision that the source is at. */
  life = 0
  revision = -1

  constructor() {
    // What replicas show before they have seen any life.
    this.#lives[0] = []
    this.#lives[0][-1] = initialState()
  }

  begin(state: State): void {
    this.#lives[++this.life] = [state]
    this.revision = 0
  }

  record(revision: number, state: State): void {
    ;(this.#lives[this.life] as State[])[revision] = state
    this.revision = revision
  }

  /** `undefined` where there was no such state, or none that anybody could have been shown. */
  at(life: number, revision: number): State | undefined {
    return this.#lives[life]?.[revision]
  }

  /** Whether `is` holds for a state of `life` from `revision` on. */
  had(life: number, revision: number, is: (state: State) => boolean): boolean {
    if (life === 0) return is(initialState())
    const states = this.#lives[life] ?? []
    for (let at = states.length - 1; at >= Math.max(0, revision); at--) {
      const state = states[at]
      if (state !== undefined && is(state)) return true
    }
    return false
  }

  /** The state of the current life, `back` commits ago or so. */
  before(back: number): State {
    const states = this.#lives[this.life] as State[]
    for (let revision = Math.max(0, states.length - 1 - back); revision < states.length; revision++) {
      const state = states[revision]
      if (state !== undefined) return state
    }
    return initialState()
  }
}
