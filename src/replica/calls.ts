/** What a replica has asked its source, and who waits for the answer. */
import { SyncError } from '../error.ts'
import type { DownFrame, UpFrame } from '../protocol/frames.ts'

interface Waiter {
  readonly resolve: (result?: unknown) => void
  readonly reject: (error: SyncError) => void
}

interface Call extends Waiter {
  readonly name: string
  readonly argument: unknown
}

/** As many calls may be under way at once; the others wait for their turn here, not at the source. */
const maxUnderWay = 256

type Answer = DownFrame & { readonly type: 'result' | 'failure' | 'pong' }

export class Calls {
  readonly #send: (frame: UpFrame) => void
  /** 0: there is no session. */
  #channel = 0
  #lastId = 0
  readonly #waiting: Call[] = []
  readonly #underWay = new Map<number, Call>()
  readonly #pings = new Map<number, Waiter>()
  #lastPing = 0
  /** Answers whose effects the replica does not show yet. */
  #heldBack: { readonly answer: Answer; readonly waiter: Waiter }[] = []

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
      this.#pings.set(id, { resolve: () => resolve(), reject })
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
      reject(new SyncError('disconnected', `The connection was lost: the command "${name}" may or may not have run`))
    }
  }

  /** The replica is of no use any more, and will not show what was waited for. */
  fail(error: SyncError): void {
    const heldBack = this.#heldBack.splice(0).map(({ waiter }) => waiter)
    for (const { reject } of [...this.#waiting.splice(0), ...this.#pings.values(), ...heldBack]) reject(error)
    this.#pings.clear()
  }

  /** @param revision what the replica shows */
  answered(answer: Answer, revision: number): void {
    const asked: Map<number, Waiter> = answer.type === 'pong' ? this.#pings : this.#underWay
    const waiter = asked.get(answer.id)
    asked.delete(answer.id)
    this.#sendWaiting()
    if (waiter === undefined) return
    if (answer.revision <= revision) settle(answer, waiter)
    else this.#heldBack.push({ answer, waiter })
  }

  /** The replica shows `revision` now; of another life of the source: all that was held back belongs to the past. */
  reached(revision: number, newEpoch: boolean): void {
    const all = this.#heldBack
    const isDue = ({ answer }: { answer: Answer }): boolean => newEpoch || answer.revision <= revision
    this.#heldBack = all.filter((held) => !isDue(held))
    for (const { answer, waiter } of all.filter(isDue)) settle(answer, waiter)
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

function settle(answer: Answer, { resolve, reject }: Waiter): void {
  if (answer.type === 'failure') reject(new SyncError(answer.error.code, answer.error.message))
  else resolve(answer.type === 'result' ? answer.value : undefined)
}
