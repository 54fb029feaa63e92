/** A simulated world: a main process, its windows, everything that befalls them, and the oracle that watches. */
import { Commands } from './commands.ts'
import { Context } from './context.ts'
import { Disk } from './disk.ts'
import { History } from './history.ts'
import type { LinkFaults } from './link.ts'
import { MainProcess, type MainOptions } from './main-process.ts'
import { stores } from './model.ts'
import { Page } from './page.ts'
import { Random } from './random.ts'

const minute = 60_000
const year = 365 * 24 * 60 * minute

const honest: LinkFaults = { latency: 1, delay: 0, duplicate: 0, reorder: 0 }

export class World {
  readonly context: Context
  readonly #random: Random
  readonly #histories = stores.map(() => new History())
  readonly #commands: Commands
  readonly #options: MainOptions
  readonly #faults: LinkFaults
  readonly #disks: readonly Disk[] | undefined
  readonly #pages: Page[] = []
  #main: MainProcess | undefined
  #names = 0
  /** While it is true, things happen by themselves. */
  #isAlive = true

  constructor(seed: number, trace?: (line: string) => void) {
    const random = new Random(seed)
    this.#random = random
    this.context = new Context(trace)
    this.#commands = new Commands(this.context)
    this.#options = {
      interval: random.pick([0, 16, 16, 200]),
      appendInterval: random.pick([50, 500, 500, 5000]),
      logLength: random.pick([4, 32, 256, 8192]),
      saveInterval: random.pick([0, 50, 500, 5000]),
    }
    this.#disks = random.chance(0.5)
      ? stores.map(({ name }, index) => new Disk(this.context, random.fork(), this.#histories[index] as History, name))
      : undefined
    const isHonest = random.chance(0.5)
    this.#faults = {
      latency: random.pick([0, 1, 5, 50]),
      delay: random.pick([0, 0.2, 0.5]),
      duplicate: isHonest ? 0 : random.pick([0.01, 0.05]),
      reorder: isHonest ? 0 : random.pick([0.01, 0.05]),
    }
    this.#startMain()
    for (let count = random.int(3); count >= 0; count--) this.#openPage()
    this.#every(
      () => this.#gap(),
      () => this.#main?.act(),
    )
    this.#every(
      () => this.#gap() * 4,
      () => this.#misfortune(),
    )
  }

  /** Lets the world go on for `steps` steps, ends all faults, and sees whether everybody agrees in the end. */
  async run(steps: number): Promise<void> {
    const { context } = this
    while (context.steps < steps && context.violation === undefined) await this.#next()
    if (context.violation !== undefined) return
    this.#heal()
    for (let events = 0; await this.#next(); events++) {
      if (context.violation !== undefined) return
      if (events > 20_000) return context.fail('the world never comes to rest')
    }
    this.#commands.checkAnswered()
    this.#main?.checkAtRest()
    for (const page of this.#pages) page.checkInStep()
  }

  async #next(): Promise<boolean> {
    const { context } = this
    const isMore = context.clock.runNext()
    // What promises lead to is part of it; where they are all that is left, they get to their end.
    for (let tick = isMore ? (context.promises > 0 ? 8 : 0) : 64; tick > 0; tick--) await Promise.resolve()
    return isMore || context.clock.next !== undefined
  }

  #every(gap: () => number, run: () => void): void {
    this.context.clock.schedule(() => {
      if (!this.#isAlive) return
      run()
      this.#every(gap, run)
    }, gap())
  }

  /** Now much happens at once, now nothing for a while. */
  #gap(): number {
    const random = this.#random
    const kind = random.next()
    return kind < 0.7 ? random.between(0, 3) : kind < 0.97 ? random.between(0, 50) : random.between(0, 20_000)
  }

  #startMain(): void {
    const main = new MainProcess(
      this.context,
      this.#random.fork(),
      this.#histories,
      this.#commands,
      this.#options,
      this.#disks,
    )
    void this.#goOnAfter(main.start(), () => {
      this.#main = main
      for (const page of this.#pages) this.#connect(page)
    })
  }

  async #goOnAfter(promise: Promise<void>, next: () => void): Promise<void> {
    const { context } = this
    context.promises++
    try {
      await promise
      next()
    } catch (error) {
      context.fail(`it has crashed: ${String(error)}`)
    }
    context.promises--
  }

  #openPage(): void {
    const page = new Page(
      this.context,
      this.#random.fork(),
      `page ${++this.#names}`,
      this.#histories,
      this.#commands,
      this.#isAlive ? this.#faults : honest,
    )
    this.#pages.push(page)
    this.#connect(page)
    const gap = (): number => (page.isHidden ? minute : this.#gap() * 2)
    this.#every(gap, () => {
      if (!page.isGone && !page.link.isPaused) page.act()
    })
  }

  #connect(page: Page): void {
    if (this.#main === undefined || page.isGone || page.link.isOpen) return
    const main = this.#main
    page.link.open((connection) => main.serve(connection))
  }

  #disconnect(page: Page, underWay: 'lost' | 'delivered', mainHearsAfter = 0): void {
    page.link.lose(underWay, mainHearsAfter)
    this.context.clock.schedule(() => this.#connect(page), this.#random.between(0, 3000))
  }

  #leave(page: Page, mainHearsAfter: number): void {
    page.leave(mainHearsAfter)
    this.#pages.splice(this.#pages.indexOf(page), 1)
  }

  #misfortune(): void {
    const { context } = this
    const random = this.#random
    const page = this.#pages.length > 0 ? random.pick(this.#pages) : undefined
    const what = random.int(100)
    if (page === undefined || (what < 10 && this.#pages.length < 5)) {
      context.fault(this.#main?.isStreaming === true ? 'late window in mid-stream' : 'late window')
      this.#openPage()
    } else if (what < 30) {
      context.fault('connection lost, frames lost', page.name)
      this.#disconnect(page, 'lost')
    } else if (what < 45) {
      context.fault('connection lost, frames delivered', page.name)
      this.#disconnect(page, 'delivered')
    } else if (what < 52) {
      context.fault('connection lost, main hears late', page.name)
      this.#disconnect(page, 'lost', random.between(1, 2 * minute))
    } else if (what < 60) {
      context.fault('page reload', page.name)
      this.#leave(page, 0)
      this.#openPage()
    } else if (what < 65) {
      context.fault('renderer crash', page.name)
      this.#leave(page, random.chance(0.5) ? 0 : random.between(1, 2 * minute))
    } else if (what < 72) {
      this.#stop(page)
    } else if (what < 80) {
      context.fault('timers once a minute', page.name)
      page.isHidden = true
      context.clock.schedule(() => (page.isHidden = false), random.between(0, 5 * minute))
    } else if (what < 90) {
      context.fault('clock leaps by up to a year')
      this.#main?.clock.leap(random.next() ** 4 * year)
    } else if (what < 95) this.#restart(random.chance(0.5))
  }

  /** The page's process gets no time for up to five minutes. */
  #stop(page: Page): void {
    if (page.link.isPaused) return
    this.context.fault('page stops reading', page.name)
    page.link.isPaused = true
    this.context.clock.schedule(
      () => {
        if (page.isGone) return
        this.context.log(() => `${page.name} goes on`)
        page.link.resume()
      },
      this.#random.between(10, 5 * minute),
    )
  }

  #restart(isGraceful: boolean): void {
    if (this.#main === undefined) return
    const from = this.#disks === undefined ? '' : ' from its storage'
    this.context.fault(`source ${isGraceful ? 'closes' : 'crashes'} and restarts${from}`)
    const main = this.#main
    this.#main = undefined
    const ended = isGraceful ? main.close() : Promise.resolve()
    const underWay = isGraceful || this.#random.chance(0.5) ? 'delivered' : 'lost'
    for (const page of this.#pages) this.#disconnect(page, underWay)
    if (!isGraceful) main.clock.stop()
    void this.#goOnAfter(ended, () => {
      main.clock.stop()
      this.context.clock.schedule(() => this.#startMain(), this.#random.between(0, 2000))
    })
  }

  /** Nothing happens by itself any more, and everybody can reach everybody. */
  #heal(): void {
    this.context.log(() => 'the faults end')
    this.#isAlive = false
    for (const disk of this.#disks ?? []) disk.isHonest = true
    for (const page of this.#pages) {
      page.link.faults = honest
      page.link.resume()
      this.#connect(page)
    }
  }
}
