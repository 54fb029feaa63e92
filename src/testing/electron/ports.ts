/** Message channels in memory: each message is cloned as Electron clones it, and delivered in a later macrotask. */
import { SyncError } from '../../error.ts'
import type { Delivery } from '../delivery.ts'
import { FakeEmitter } from './emitter.ts'

/** What may hold ports, and takes them along when it goes: a page. */
export interface PortOwner {
  readonly ends: Set<PortEnd>
}

export interface PortMessage {
  readonly data: unknown
  readonly ends: readonly PortEnd[]
}

/** One end of a channel, whoever has it at the moment. */
export class PortEnd {
  readonly #delivery: Delivery
  #peer: PortEnd | undefined
  #owner: PortOwner | undefined
  #queue: PortMessage[] = []
  #closed = false
  /** Set by the face that it has where it is. */
  receive: ((message: PortMessage) => void) | undefined
  ended: (() => void) | undefined

  constructor(delivery: Delivery) {
    this.#delivery = delivery
  }

  static pair(delivery: Delivery): [PortEnd, PortEnd] {
    const [a, b] = [new PortEnd(delivery), new PortEnd(delivery)]
    a.#peer = b
    b.#peer = a
    return [a, b]
  }

  moveTo(owner: PortOwner | undefined): void {
    this.#owner?.ends.delete(this)
    this.#owner = owner
    owner?.ends.add(this)
    this.receive = undefined
    this.ended = undefined
  }

  /** Into a port that is closed: no error, as in Electron. */
  post(message: PortMessage): void {
    const peer = this.#peer
    if (this.#closed || peer === undefined) return
    this.#delivery.later(() => {
      if (peer.#closed) return
      if (peer.receive === undefined) peer.#queue.push(message)
      else peer.receive(message)
    })
  }

  start(receive: (message: PortMessage) => void): void {
    if (this.receive !== undefined) return
    this.receive = receive
    const queue = this.#queue
    this.#queue = []
    for (const message of queue) this.#delivery.later(() => void (this.#closed || receive(message)))
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#owner?.ends.delete(this)
    const peer = this.#peer
    this.#delivery.later(() => {
      if (peer === undefined || peer.#closed) return
      peer.#closed = true
      peer.#owner?.ends.delete(peer)
      peer.ended?.()
    })
  }
}

const endsOf = new WeakMap<object, PortEnd>()

/** Takes the ports out of a transfer list; they are of no use to who had them. */
export function takePorts(transfer: readonly unknown[], by: string, owner: PortOwner | undefined): PortEnd[] {
  return transfer.map((port) => {
    const end = typeof port === 'object' && port !== null ? endsOf.get(port) : undefined
    if (end === undefined) {
      throw new SyncError(
        'setup',
        `${by} was given something else than a port of this fake to transfer, or a port that has been transferred already. ` +
          'Electron would lose the message. Make the ports by the fake: `new MessageChannel()` in page.run(), or MessageChannelMain',
      )
    }
    endsOf.delete(port as object)
    end.moveTo(owner)
    return end
  })
}

type Handler = ((event: FakeMessageEvent) => void) | null

export interface FakeMessageEvent {
  readonly type: 'message'
  readonly data: unknown
  readonly ports: readonly FakePort[]
}

/** A port as a page has it. */
export class FakePort {
  readonly #end: PortEnd
  readonly #owner: PortOwner
  readonly #enter: (run: () => void) => void
  readonly #listeners = new FakeEmitter()
  #onmessage: Handler = null

  constructor(end: PortEnd, owner: PortOwner, enter: (run: () => void) => void) {
    this.#end = end
    this.#owner = owner
    this.#enter = enter
    end.moveTo(owner)
    end.ended = () => this.#enter(() => this.#listeners.emit('close', { type: 'close' }))
    endsOf.set(this, end)
  }

  get onmessage(): Handler {
    return this.#onmessage
  }

  set onmessage(run: Handler) {
    this.#onmessage = run
    this.start()
  }

  postMessage(message: unknown, transfer: readonly unknown[] | { transfer?: readonly unknown[] } = []): void {
    const list = Array.isArray(transfer) ? transfer : ((transfer as { transfer?: readonly unknown[] }).transfer ?? [])
    const ports = list.filter((item) => !(item instanceof ArrayBuffer))
    const buffers = list.filter((item) => item instanceof ArrayBuffer)
    const data: unknown = structuredClone(message, { transfer: buffers })
    this.#end.post({ data, ends: takePorts(ports, 'MessagePort.postMessage', this.#owner) })
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners.on(type, listener)
  }

  removeEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners.off(type, listener)
  }

  start(): void {
    this.#end.start(({ data, ends }) => {
      const ports = ends.map((end) => new FakePort(end, this.#owner, this.#enter))
      const event: FakeMessageEvent = { type: 'message', data, ports }
      this.#enter(() => {
        this.#onmessage?.(event)
        this.#listeners.emit('message', event)
      })
    })
  }

  close(): void {
    this.#end.close()
  }
}

/** A port as the main process has it. */
export class FakeMessagePortMain extends FakeEmitter {
  readonly #end: PortEnd

  constructor(end: PortEnd) {
    super()
    this.#end = end
    end.moveTo(undefined)
    end.ended = () => this.emit('close')
    endsOf.set(this, end)
  }

  postMessage(message: unknown, transfer: readonly unknown[] = []): void {
    const data: unknown = structuredClone(message)
    this.#end.post({ data, ends: takePorts(transfer, 'MessagePortMain.postMessage', undefined) })
  }

  start(): void {
    this.#end.start(({ data, ends }) => {
      this.emit('message', { data, ports: ends.map((end) => new FakeMessagePortMain(end)) })
    })
  }

  close(): void {
    this.#end.close()
  }
}
