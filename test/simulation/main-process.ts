/** One life of the process that owns the state: its sources, who changes them, and the models that they are held to. */
import type { Connection, Key } from '../../src/index.ts'
import { serveConnection } from '../../src/protocol/serve.ts'
import { createSource, type Source, type Writer } from '../../src/source/index.ts'
import type { Commands } from './commands.ts'
import type { Context } from './context.ts'
import { difference, equal, pick } from './equal.ts'
import type { History } from './history.ts'
import { MainClock } from './main-clock.ts'
import { randomPath, randomTextPath, stores, type State } from './model.ts'
import { mutate, randomText } from './mutations.ts'
import type { Random } from './random.ts'
import { PathWatcher, type View } from './view.ts'

export interface MainOptions {
  readonly interval: number
  readonly appendInterval: number
  readonly logLength: number
}

class HalfWay extends Error {}

interface Args {
  readonly token: string
  readonly seed: number
}

interface Stream {
  readonly path: readonly Key[]
  readonly writer: Writer
  keptBack: string
}

/** One source with its model. */
class Owned implements View {
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

export class MainProcess {
  readonly clock: MainClock
  readonly #random: Random
  readonly #owned: readonly Owned[]

  constructor(context: Context, random: Random, histories: readonly History[], log: Commands, options: MainOptions) {
    this.#random = random
    this.clock = new MainClock(context, random.fork())
    this.#owned = stores.map((definition, index) => {
      const history = histories[index] as History
      // What was stored last is not the newest: the process has died before it could store that.
      const state = structuredClone(history.life === 0 ? definition.state() : history.before(random.int(20)))
      state.life = history.life + 1
      const source = createSource(definition, {
        ...options,
        state,
        clock: this.clock,
        epoch: () => `life ${state.life}`,
        onError: (error) => context.fail(`source ${definition.name}: ${String(error)}`),
        commands: {
          touch: ({ token, seed }: Args) => this.#run(index, log, token, seed),
          later: async ({ token, seed, delay }: Args & { delay: number }) => {
            await new Promise<void>((resolve) => this.clock.schedule(resolve, delay))
            return this.#run(index, log, token, seed)
          },
          fail: ({ token, seed }: Args) => {
            this.#run(index, log, token, seed)
            throw new Error(`as asked by ${token}`)
          },
        },
      })
      const owned = new Owned(context, `source ${definition.name}`, source, history, structuredClone(state))
      for (let count = random.int(3); count > 0; count--) {
        owned.watchers.push(new PathWatcher(owned, randomPath(random), () => {}))
      }
      return owned
    })
  }

  serve(connection: Connection): void {
    const sources = this.#owned.map(({ store }) => store)
    serveConnection(sources, connection, { transport: 'memory', origin: '' }, {}, this.clock)
  }

  /** Does one thing to one store. */
  act(): void {
    const random = this.#random
    const owned = random.pick(this.#owned)
    const { context, model, store } = owned
    const what = random.int(100)
    if (what < 5) {
      const seed = random.seed()
      owned.reentry = () => owned.run((state) => mutate(state, seed))
    }
    if (what < 45) return owned.change(random.seed())
    if (what < 90) return this.#stream(owned)
    if (what < 95) {
      const next = structuredClone(model)
      mutate(next, random.seed())
      Object.assign(model, structuredClone(next))
      store.replace(next)
      return owned.record()
    }
    const before = store.get()
    const seed = random.seed()
    try {
      store.update((draft) => {
        mutate(draft, seed)
        throw new HalfWay()
      })
    } catch (error) {
      if (!(error instanceof HalfWay)) context.fail(`an update failed: ${String(error)}`)
    }
    if (store.get() !== before) context.fail(`${owned.name}: an update that threw has left traces`)
    owned.record()
  }

  /** Whether somebody writes a stream at the moment. */
  get isStreaming(): boolean {
    return this.#owned.some(({ streams }) => streams.length > 0)
  }

  close(): void {
    for (const { store } of this.#owned) store.close()
  }

  #stream(owned: Owned): void {
    const random = this.#random
    const { model, store, streams } = owned
    if (streams.length === 0 || random.chance(0.02)) {
      const path = randomTextPath(random)
      if (typeof pick(model, path) !== 'string') return owned.change(random.seed())
      streams.push({ path, writer: store.writer(...(path as [])), keptBack: '' })
    }
    const stream = random.pick(streams)
    const chunk = random.chance(0.1) ? random.pick(['\ud83d', '\ude00']) : randomText(random, 5)
    const all = stream.keptBack + chunk
    const whole = all.replace(/[\ud800-\udbff]$/, '')
    let isOver = !this.#write(owned, stream, whole, () => stream.writer.append(chunk))
    stream.keptBack = all.slice(whole.length)
    if (!isOver && random.chance(0.02)) {
      isOver = true
      this.#write(owned, stream, stream.keptBack, () => stream.writer.end())
    }
    if (isOver) streams.splice(streams.indexOf(stream), 1)
    owned.record()
  }

  /** Has `run` add `text`, where there is still a text to add to; returns whether there is. */
  #write({ context, model, name }: Owned, { path }: Stream, text: string, run: () => void): boolean {
    const isThere = typeof pick(model, path) === 'string'
    if (isThere) (pick(model, path.slice(0, -1)) as Record<string, string>)[path.at(-1) as string] += text
    try {
      run()
      if (!isThere && text !== '') context.fail(`${name}: a writer whose text is gone does not say so`)
    } catch (error) {
      if (isThere || (error as { code?: string }).code !== 'bad-path') context.fail(`${name}: ${String(error)}`)
    }
    return isThere
  }

  #run(index: number, log: Commands, token: string, seed: number): string {
    const owned = this.#owned[index] as Owned
    owned.change(seed, ({ done }) => {
      done.push(token)
      if (done.length > 5) done.shift()
    })
    log.ran(token, owned.history.life, owned.store.revision)
    return token
  }
}
