/** A page's connection to the main process, with all that can go wrong on it. */
import type { Connection } from '../../src/index.ts'
import { createChannel, type Channel } from '../../src/transports/channel.ts'
import type { Context } from './context.ts'
import { Credit } from './credit.ts'
import type { Random } from './random.ts'

export interface LinkFaults {
  /** How long a frame is under way, in ms. */
  readonly latency: number
  /** How often a frame takes longer, is duplicated, is overtaken. */
  readonly delay: number
  readonly duplicate: number
  readonly reorder: number
}

/** What happens at the page's end. */
export interface LinkListener {
  /** Before and after a frame is given to the page. */
  receiving(text: string, isDuplicate: boolean): void
  received(): void
  sending(text: string): void
}

interface Frame {
  readonly text: string
  readonly at: number
  readonly order: number
  readonly isDuplicate: boolean
}

/** One direction. */
class Lane {
  readonly to: 'page' | 'main'
  underWay: Frame[] = []
  /** When the frame before arrives: the next one does not before that. */
  lastAt = 0
  nextOrder = 0
  lastDelivered = -1

  constructor(to: 'page' | 'main') {
    this.to = to
  }
}

export class SimulatedLink {
  readonly page: Connection
  /** The page's process stands still: what is sent to it waits. */
  isPaused = false
  faults: LinkFaults
  readonly #context: Context
  readonly #random: Random
  readonly #listener: LinkListener
  readonly #name: string
  readonly #pageEnd: Channel
  readonly #lanes = { page: new Lane('page'), main: new Lane('main') }
  #main: { readonly channel: Channel; readonly credit: Credit } | undefined

  constructor(context: Context, random: Random, name: string, faults: LinkFaults, listener: LinkListener) {
    this.#context = context
    this.#random = random
    this.#name = name
    this.faults = faults
    this.#listener = listener
    this.#pageEnd = createChannel({
      send: (text) => {
        listener.sending(text)
        this.#send(this.#lanes.main, text)
      },
      close() {},
    })
    this.page = this.#pageEnd.connection
  }

  get isOpen(): boolean {
    return this.#main !== undefined
  }

  /** Connects to a main process, which `accept` starts to serve. */
  open(accept: (connection: Connection) => void): void {
    const credit = new Credit(this.#context, this.#name)
    const channel = createChannel({
      send: (text) => {
        credit.sending(text)
        if (this.#main?.channel === channel) this.#send(this.#lanes.page, text)
      },
      close: () => this.lose('lost'),
    })
    this.#main = { channel, credit }
    accept(channel.connection)
    channel.opened()
    this.#pageEnd.opened()
  }

  /**
   * Loses the connection; what is under way is lost or delivered before.
   *
   * @param mainHearsAfter how long the main process takes it for open yet, in ms.
   */
  lose(underWay: 'lost' | 'delivered', mainHearsAfter = 0): void {
    const main = this.#main
    if (main === undefined) return
    if (underWay === 'delivered') for (const lane of Object.values(this.#lanes)) this.#deliverAll(lane)
    if (this.#random.chance(this.faults.reorder * 10)) this.#haunt(this.#lanes.page.underWay)
    for (const lane of Object.values(this.#lanes)) {
      lane.underWay = []
      lane.lastAt = 0
    }
    this.#main = undefined
    if (mainHearsAfter > 0) this.#context.clock.schedule(() => main.channel.ended(), mainHearsAfter)
    else main.channel.ended()
    this.#pageEnd.lost()
  }

  resume(): void {
    this.isPaused = false
    this.#deliverAll(this.#lanes.page, this.#context.clock.now())
  }

  #send(lane: Lane, text: string): void {
    const { latency, delay, duplicate, reorder } = this.faults
    const random = this.#random
    let takes = latency
    if (random.chance(delay)) {
      takes += random.between(0, random.chance(0.1) ? 5000 : 30)
      this.#context.fault('delayed frame')
    }
    const { clock } = this.#context
    let at = clock.now() + takes
    if (random.chance(reorder)) at += random.between(1, 50)
    else lane.lastAt = at = Math.max(at, lane.lastAt)
    const order = lane.nextOrder++
    this.#schedule(lane, { text, at, order, isDuplicate: false })
    if (random.chance(duplicate)) {
      const again = at + (random.chance(0.5) ? 0 : random.between(0, 200))
      this.#schedule(lane, { text, at: again, order, isDuplicate: true })
    }
  }

  #schedule(lane: Lane, frame: Frame): void {
    const { clock } = this.#context
    lane.underWay.push(frame)
    clock.schedule(() => {
      // Otherwise it was lost with its connection, or delivered before that was.
      if (lane.underWay.includes(frame)) this.#deliver(lane, frame)
    }, frame.at - clock.now())
  }

  #deliverAll(lane: Lane, until = Number.POSITIVE_INFINITY): void {
    const due = lane.underWay.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
    for (const frame of due) if (lane.underWay.includes(frame)) this.#deliver(lane, frame)
  }

  /** Frames of a connection that was lost turn up in the one after it. */
  #haunt(frames: readonly Frame[]): void {
    for (const { text } of frames) {
      this.#context.clock.schedule(
        () => {
          if (this.#main === undefined || this.isPaused) return
          this.#context.fault('frame of a lost connection', text)
          this.#listener.receiving(text, true)
          this.#pageEnd.received(text)
          this.#listener.received()
        },
        this.#random.between(0, 5000),
      )
    }
  }

  #deliver(lane: Lane, frame: Frame): void {
    const main = this.#main
    if (main === undefined || (this.isPaused && lane.to === 'page')) return
    lane.underWay.splice(lane.underWay.indexOf(frame), 1)
    if (frame.isDuplicate) this.#context.fault('duplicated frame', frame.text)
    else if (frame.order < lane.lastDelivered) this.#context.fault('reordered frame', frame.text)
    lane.lastDelivered = Math.max(lane.lastDelivered, frame.order)
    this.#context.log(() => `${this.#name} ${lane.to === 'page' ? '<-' : '->'} ${frame.text}`)
    if (lane.to === 'page') {
      this.#listener.receiving(frame.text, frame.isDuplicate)
      this.#pageEnd.received(frame.text)
      this.#listener.received()
    } else {
      main.credit.received(frame.text)
      main.channel.received(frame.text)
      this.#context.step()
    }
  }
}
