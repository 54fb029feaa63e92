/** A source with its model, which it is compared with after each change. */
import type { Key } from '../../src/index.ts'
import type { Source, Writer } from '../../src/source/index.ts'
import type { Context } from './context.ts'
import { difference, equal } from './equal.ts'
import type { History } from './history.ts'
import type { State } from './model.ts'
import { mutate } from './mutations.ts'
import type { PathWatcher, View } from './view.ts'

export interface Stream {
  readonly path: readonly Key[]
  readonly writer: Writer
  keptBack: string
}

export class Owned implements View {
  readonly name: string
  readonly context: Context
  readonly store: Source<State>
  readonly history: History
  readonly model: State
  readonly watchers: PathWatcher[] = []
  /** Writers, each with the half character that it keeps back. */
  readonly streams: Stream[] = []
  /** Changes to be made by a listener, in the middle of a notification. */
  reentry: (() => void) | undefined

  constructor(context: Context, name: string, store: Source<State>, history: History, model: State) {
    this.context = context
    this.name = name
    this.store = store
    this.history = history
    this.model = model
    store.subscribe(() => {
      const { reentry } = this
      this.reentry = undefined
      reentry?.()
    })
    history.begin(store.get() as State)
    history.record(store.revision, store.get() as State)
  }

  expected(): State {
    return this.model
  }

  change(seed: number, also?: (state: State) => void): void {
    this.run((state) => {
      mutate(state, seed)
      also?.(state)
    })
    this.record()
  }

  run(change: (state: State) => void): void {
    // The model first: listeners that change the state again come after it.
    change(this.model)
    this.store.update((draft) => change(draft))
  }

  record(): void {
    const { context, history, model, store } = this
    const state = store.get() as State
    if (!equal(state, model))
      context.fail(`${this.name}: the source differs from the model: ${difference(state, model)}`)
    history.record(store.revision, state)
    for (const watcher of this.watchers) watcher.check()
    context.step()
  }
}
