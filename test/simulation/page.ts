/** A window: replicas of all stores over one connection, and components that come, go and misbehave. */
import type { Context } from './context.ts'
import type { Commands } from './commands.ts'
import { sniff } from './credit.ts'
import type { History } from './history.ts'
import { SimulatedLink, type LinkFaults } from './link.ts'
import { randomPath, randomTextPath, stores, type Store } from './model.ts'
import type { Random } from './random.ts'
import { Mischief, ReplicaView } from './replica-view.ts'
import { Follower, PathWatcher } from './view.ts'

export class Page {
  readonly name: string
  readonly link: SimulatedLink
  /** In a hidden page timers run once a minute. */
  isHidden = false
  isGone = false
  readonly #context: Context
  readonly #random: Random
  readonly #histories: readonly History[]
  readonly #commands: Commands
  readonly #views: ReplicaView[]
  /** The channel on which each store was joined last. */
  readonly #channels = new Map<string, number>()
  /** The channels on which a state has been shown. */
  readonly #shown = new Set<number>()
  #mustResync: number | undefined
  #joins = 0
  #number = 0

  constructor(
    context: Context,
    random: Random,
    name: string,
    histories: readonly History[],
    commands: Commands,
    faults: LinkFaults,
  ) {
    this.#context = context
    this.#random = random
    this.name = name
    this.#histories = histories
    this.#commands = commands
    this.link = new SimulatedLink(context, random.fork(), name, faults, {
      sending: (text) => this.#sending(text),
      receiving: (text, isDuplicate) => this.#receiving(text, isDuplicate),
      received: () => this.#received(),
    })
    this.#views = stores.map((definition, index) => this.#newView(definition, index))
  }

  /** One thing that a component or a user does. */
  act(): void {
    const random = this.#random
    const index = random.int(this.#views.length)
    const view = this.#views[index] as ReplicaView
    const what = random.int(100)
    if (what < 30 && view.watchers.size < 12) this.#mount(view)
    else if (what < 50) this.#unmount(view)
    else if (what < 80) this.#commands.call(view, ++this.#number, random)
    else if (what < 90) this.#commands.settle(view, ++this.#number)
    else if (what < 92) {
      view.check()
      view.close()
      view.check()
      this.#views[index] = this.#newView(stores[index] as Store, index)
    }
    this.#checkAll()
  }

  /** Reloads, navigates away, crashes: nothing of it runs any more. */
  leave(mainHearsAfter: number): void {
    this.isGone = true
    for (const view of this.#views) this.#commands.forget(view)
    this.link.lose('lost', mainHearsAfter)
  }

  checkInStep(): void {
    for (const view of this.#views) view.checkInStep()
  }

  #newView(definition: Store, index: number): ReplicaView {
    const name = `${this.name}.${++this.#number}.${definition.name}`
    const view = new ReplicaView(this.#context, name, definition, this.link.page, this.#histories[index] as History)
    for (let count = this.#random.int(5); count > 0; count--) this.#mount(view)
    return view
  }

  #mount(view: ReplicaView): void {
    const random = this.#random
    if (random.chance(0.4)) {
      view.add(() => new Follower(view, randomTextPath(random)))
      return
    }
    const path = random.chance(0.1) ? [] : randomPath(random)
    const isNaughty = random.chance(0.3)
    view.add(() => new PathWatcher(view, path, () => isNaughty && this.#misbehave(view)))
  }

  #unmount(view: ReplicaView): void {
    const all = [...view.watchers]
    if (all.length === 0) return
    const watcher = this.#random.pick(all)
    watcher.end()
    view.watchers.delete(watcher)
  }

  /** In the middle of a notification. */
  #misbehave(view: ReplicaView): void {
    if (view.isOver) return
    switch (this.#random.int(8)) {
      case 0:
        this.#context.fault('listener that throws')
        view.thrown++
        throw new Mischief()
      case 1:
        this.#context.fault('listener that ends another')
        return this.#unmount(view)
      case 2:
        if (view.watchers.size > 12) return
        this.#context.fault('listener that subscribes')
        return this.#mount(view)
      case 3:
        this.#context.fault('listener that calls')
        return this.#commands.call(view, ++this.#number, this.#random)
      default:
    }
  }

  #sending(text: string): void {
    const { channel, type } = sniff(text)
    if (type !== 'hello') return
    this.#joins++
    this.#channels.set(text.split('"')[3] ?? '', channel)
  }

  #receiving(text: string, isDuplicate: boolean): void {
    const { channel, type } = sniff(text)
    if (type === 'refused') for (const [store, own] of this.#channels) if (own === channel) this.#channels.delete(store)
    if (type !== 's' && type !== 'c') return
    const isCurrent = [...this.#channels.values()].includes(channel)
    // A state that has been shown once: coming again it must not be shown, but answered by joining anew.
    this.#mustResync = isDuplicate && isCurrent && this.#shown.has(channel) ? this.#joins : undefined
    this.#shown.add(channel)
  }

  #received(): void {
    const context = this.#context
    if (this.isGone) context.fail(`${this.name}: got a frame after its end`)
    if (this.#mustResync === this.#joins) context.fail(`${this.name}: a duplicated frame was not noticed`)
    this.#mustResync = undefined
    this.#checkAll()
    this.#context.step()
  }

  #checkAll(): void {
    for (const view of this.#views) view.check()
  }
}
