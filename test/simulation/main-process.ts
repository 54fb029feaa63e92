/** One life of the process that owns the state: its sources, who changes them, and the models that they are held to. */
import type { Connection, Key } from '../../src/index.ts'
import { serveConnection } from '../../src/protocol/serve.ts'
import { createSource, openSource, type OpenedSource, type Source } from '../../src/source/index.ts'
import type { Commands } from './commands.ts'
import type { Context } from './context.ts'
import type { Disk } from './disk.ts'
import { pick } from './equal.ts'
import type { History } from './history.ts'
import { MainClock } from './main-clock.ts'
import { randomPath, randomTextPath, stores, type State, type Store } from './model.ts'
import { mutate, randomText } from './mutations.ts'
import { Owned, type Stream } from './owned.ts'
import type { Random } from './random.ts'
import { PathWatcher } from './view.ts'

export interface MainOptions {
  readonly interval: number
  readonly appendInterval: number
  readonly logLength: number
  readonly saveInterval: number
}

class HalfWay extends Error {}

interface Args {
  readonly token: string
  readonly seed: number
}

export class MainProcess {
  readonly clock: MainClock
  readonly #context: Context
  readonly #random: Random
  readonly #histories: readonly History[]
  readonly #commands: Commands
  readonly #options: MainOptions
  /** One for each store; `undefined`: what these are kept on is not simulated. */
  readonly #disks: readonly Disk[] | undefined
  readonly #owned: Owned[] = []

  constructor(
    context: Context,
    random: Random,
    histories: readonly History[],
    commands: Commands,
    options: MainOptions,
    disks: readonly Disk[] | undefined,
  ) {
    this.#context = context
    this.#random = random
    this.#histories = histories
    this.#commands = commands
    this.#options = options
    this.#disks = disks
    this.clock = new MainClock(context, random.fork())
  }

  async start(): Promise<void> {
    const random = this.#random
    for (const [index, definition] of stores.entries()) {
      const history = this.#histories[index] as History
      const life = history.life + 1
      const store = await this.#makeSource(definition, index, life)
      const model = structuredClone(store.get()) as State
      const owned = new Owned(this.#context, `source ${definition.name}`, store, history, model)
      for (let count = random.int(3); count > 0; count--) {
        owned.watchers.push(new PathWatcher(owned, randomPath(random), () => {}))
      }
      this.#owned.push(owned)
    }
  }

  async #makeSource(definition: Store, index: number, life: number): Promise<Source<State>> {
    const random = this.#random
    const disk = this.#disks?.[index]
    const options = {
      ...this.#options,
      clock: this.clock,
      epoch: () => `life ${life}`,
      onError: (error: unknown) => {
        // A storage that fails is reported.
        if (disk === undefined || (error as { code?: string }).code !== 'storage-failed')
          this.#context.fail(`source ${definition.name}: ${String(error)}`)
      },
      commands: {
        touch: ({ token, seed }: Args) => this.#run(index, token, seed),
        later: async ({ token, seed, delay }: Args & { delay: number }) => {
          await new Promise<void>((resolve) => this.clock.schedule(resolve, delay))
          return this.#run(index, token, seed)
        },
        fail: ({ token, seed }: Args) => {
          this.#run(index, token, seed)
          throw new Error(`as asked by ${token}`)
        },
      },
    }
    if (disk === undefined) {
      const history = this.#histories[index] as History
      // What was stored last is not the newest: the process has died before it could store that.
      const state = structuredClone(life === 1 ? definition.state() : history.before(random.int(20)))
      return createSource(definition, { ...options, state: { ...state, life } })
    }
    await disk.processDied()
    const source = await openSource(definition, { ...options, storage: disk.ofProcess(this.clock), date: () => 0 })
    disk.checkRestored(source)
    source.update((draft) => {
      draft.life = life
    })
    return source
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
    const disk = this.#disks?.[this.#owned.indexOf(owned)]
    if (disk !== undefined && random.chance(0.02)) void disk.save(store as OpenedSource<State>)
    const what = random.int(100)
    if (what < 5) {
      const seed = random.seed()
      owned.reentry = () => {
        context.fault('listener that changes the state')
        owned.run((state) => mutate(state, seed))
      }
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

  /** Ends as it should; what is saved then is what the next life begins with. */
  async close(): Promise<void> {
    const disks = this.#disks
    if (disks === undefined) for (const { store } of this.#owned) store.close()
    else await Promise.all(disks.map((disk, index) => disk.close(this.#owned[index]?.store as OpenedSource<State>)))
  }

  checkAtRest(): void {
    for (const [index, { store }] of this.#owned.entries()) {
      this.#disks?.[index]?.checkAtRest(store as OpenedSource<State>)
    }
  }

  #stream(owned: Owned): void {
    const random = this.#random
    const { model, store, streams } = owned
    if (random.chance(0.05)) return this.#appendHalf(owned)
    if (streams.length === 0 || random.chance(0.02)) {
      const path = randomTextPath(random)
      if (typeof pick(model, path) !== 'string') return owned.change(random.seed())
      streams.push({ path, writer: store.writer(...(path as never)), keptBack: '' })
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

  /** Appends half a character, or what makes one whole, past any writer that would keep it back. */
  #appendHalf(owned: Owned): void {
    const path = randomTextPath(this.#random)
    const half = this.#random.pick(['\ud83d', '\ud83d', '\ude00'])
    if (typeof pick(owned.model, path) !== 'string') return
    addText(owned.model, path, half)
    owned.store.append(path as never, half)
    owned.record()
  }

  /** Has `run` add `text`, where there is still a text to add to; returns whether there is. */
  #write({ context, model, name }: Owned, { path }: Stream, text: string, run: () => void): boolean {
    const isThere = typeof pick(model, path) === 'string'
    if (isThere) addText(model, path, text)
    try {
      run()
      if (!isThere && text !== '') context.fail(`${name}: a writer whose text is gone does not say so`)
    } catch (error) {
      if (isThere || (error as { code?: string }).code !== 'bad-path') context.fail(`${name}: ${String(error)}`)
    }
    return isThere
  }

  #run(index: number, token: string, seed: number): string {
    const owned = this.#owned[index] as Owned
    owned.change(seed, ({ done }) => {
      done.push(token)
      if (done.length > 5) done.shift()
    })
    this.#commands.ran(token, owned.history.life, owned.store.revision)
    return token
  }
}

function addText(model: State, path: readonly Key[], text: string): void {
  const texts = pick(model, path.slice(0, -1)) as Record<string, string>
  texts[path.at(-1) as string] += text
}
