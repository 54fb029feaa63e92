/** What a replica has asked its source, and who waits for the answer. */
import { SyncError } from '../error.ts'
import type { DownFrame, UpFrame } from '../protocol/frames.ts'

interface Call {
  readonly name: string
  readonly argument: unknown
  readonly resolve: (result: unknown) => void
  readonly reject: (error: SyncError) => void
}

/** As many calls may be under way at once; the others wait for their turn here, not at the source. */
const maxUnderWay = 256

export class Calls {
  readonly #send: (frame: UpFrame) => void
  /** 0: there is no session. */
  #channel = 0
  #lastId = 0
  readonly #waiting: Call[] = []
  readonly #underWay = new Map<number, Call>()
  readonly #pings = new Map<number, { readonly resolve: () => void; readonly reject: (error: SyncError) => void }>()
  #lastPing = 0
  /** Answers whose effects the replica does not show yet. */
  #heldBack: { readonly revision: number; readonly run: () => void }[] = []

  constructor(send: (frame: UpFrame) => void) {
    this.#send = send
  }

  call(name: string, argument: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ name, argument, resolve, reject })
      this.#sendWaiting()
    })
  }

  /** Resolves when the replica shows all that the source has by the time it hears of this. Survives reconnects. */
  ping(): Promise<void> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastPing
      this.#pings.set(id, { resolve, reject })
      if (this.#channel !== 0) this.#send({ type: 'ping', channel: this.#channel, id })
    })
  }

  joined(channel: number): void {
    this.#channel = channel
    this.#lastId = 0
    for (const id of this.#pings.keys()) this.#send({ type: 'ping', channel, id })
    this.#sendWaiting()
  }

  /** The session is over: commands that were sent may or may not have run, so they are not sent again. */
  left(): void {
    this.#channel = 0
    const lost = [...this.#underWay.values()]
    this.#underWay.clear()
    for (const { name, reject } of lost) {
      reject(
        new SyncError(
          'disconnected',
          `The connection was lost before the command "${name}" was answered; it may or may not have run`,
        ),
      )
    }
  }

  /** The replica is of no use any more. */
  fail(error: SyncError): void {
    for (const { reject } of [...this.#waiting.splice(0), ...this.#pings.values()]) reject(error)
    this.#pings.clear()
    this.reached(0, true)
  }

  /** @param revision what the replica shows */
  answered(frame: DownFrame & { type: 'result' | 'failure' | 'pong' }, revision: number): void {
    const run = frame.type === 'pong' ? this.#pings.get(frame.id)?.resolve : this.#settler(frame)
    if (frame.type === 'pong') this.#pings.delete(frame.id)
    this.#sendWaiting()
    if (run === undefined) return
    if (frame.revision <= revision) run()
    else this.#heldBack.push({ revision: frame.revision, run })
  }

  /** The replica shows `revision` now; of another life of the source: all that was held back belongs to the past. */
  reached(revision: number, newEpoch: boolean): void {
    if (this.#heldBack.length === 0) return
    const due = this.#heldBack.filter((answer) => newEpoch || answer.revision <= revision)
    this.#heldBack = this.#heldBack.filter((answer) => !due.includes(answer))
    for (const { run } of due) run()
  }

  #settler(frame: DownFrame & { type: 'result' | 'failure' }): (() => void) | undefined {
    const call = this.#underWay.get(frame.id)
    this.#underWay.delete(frame.id)
    if (call === undefined) return undefined
    return frame.type === 'result'
      ? () => {
          call.resolve(frame.value)
        }
      : () => {
          call.reject(new SyncError(frame.error.code, frame.error.message))
        }
  }

  #sendWaiting(): void {
    if (this.#channel === 0) return
    while (this.#underWay.size < maxUnderWay) {
      const call = this.#waiting.shift()
      if (call === undefined) return
      const id = ++this.#lastId
      this.#underWay.set(id, call)
      this.#send({ type: 'call', channel: this.#channel, id, name: call.name, argument: call.argument })
    }
  }
}
