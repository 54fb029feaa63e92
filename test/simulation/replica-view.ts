/** A replica and everybody who looks at it, held to the history of its store. */
import { createReplica, type Replica } from '../../src/replica/index.ts'
import type { Connection } from '../../src/index.ts'
import type { Context } from './context.ts'
import { difference, equal } from './equal.ts'
import type { History } from './history.ts'
import type { Commands, State, Store } from './model.ts'
import type { View, Watcher } from './view.ts'

export class ReplicaView implements View {
  readonly name: string
  readonly context: Context
  readonly store: Replica<State, Commands>
  readonly history: History
  readonly watchers: Set<Watcher> = new Set()
  /** The page is gone, or the replica was closed: nobody may be told anything any more. */
  isOver = false
  /** How many errors of listeners the replica has to report. */
  thrown = 0
  #reported = 0
  #checked: { readonly state: unknown; readonly life: number; readonly revision: number } | undefined

  constructor(context: Context, name: string, definition: Store, connection: Connection, history: History) {
    this.context = context
    this.name = name
    this.history = history
    this.store = createReplica(definition, connection, {
      clock: context.clock,
      onError: (error) => {
        // Frames that came twice or out of order make the source complain, and that is reported too.
        if (error instanceof Mischief) this.#reported++
        else if (!/^(bad-frame|too-many)$/.test((error as { code?: string }).code ?? '')) {
          context.fail(`${name}: ${String(error)}`)
        }
      },
    })
  }

  expected(): State | undefined {
    return this.history.at(this.store.get().life, this.store.revision)
  }

  /** Whether this shows `life` and `revision`, or something later. */
  hasReached(life: number, revision: number): boolean {
    const shown = this.store.get().life
    return shown > life || (shown === life && this.store.revision >= revision)
  }

  /** Compares what is shown with the history, if it is anything new. */
  check(): void {
    const { context, name, store } = this
    const state = store.get()
    const { revision } = store
    const before = this.#checked
    if (before?.state === state && before.revision === revision) return
    const { life } = state
    if (this.isOver) context.fail(`${name}: changed after its end`)
    if (before !== undefined && (life < before.life || (life === before.life && revision < before.revision))) {
      context.fail(`${name}: went back from ${before.life}:${before.revision} to ${life}:${revision}`)
    }
    const expected = this.expected()
    if (expected === undefined) context.fail(`${name}: shows ${life}:${revision}, which never was`)
    else if (!equal(state, expected)) {
      context.fail(`${name}: at ${life}:${revision} shows something else: ${difference(state, expected)}`)
    }
    this.#checked = { state, life, revision }
    for (const watcher of this.watchers) watcher.check()
    if (this.#reported !== this.thrown)
      context.fail(`${name}: ${this.thrown} listeners threw, ${this.#reported} were reported`)
  }

  /** After all faults: the state of the source, and nothing else. */
  checkInStep(): void {
    const { context, history, name, store } = this
    this.check()
    if (store.status.get() !== 'live') context.fail(`${name}: is ${store.status.get()} at the end`)
    if (!this.hasReached(history.life, history.revision)) {
      context.fail(`${name}: ends at ${store.get().life}:${store.revision}, not at ${history.life}:${history.revision}`)
    }
    for (const watcher of this.watchers) watcher.check()
  }

  close(): void {
    this.isOver = true
    for (const watcher of this.watchers) watcher.end()
    this.watchers.clear()
    this.store.close()
  }

  add(make: () => Watcher): void {
    this.watchers.add(make())
  }
}

/** What a listener throws that is meant to. */
export class Mischief extends Error {}
