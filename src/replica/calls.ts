/** What a replica has asked its source, and who waits for the answer. */
import { SyncError } from '../error.ts'
import type { DownFrame, UpFrame } from '../protocol/frames.ts'

interface Waiter {
  readonly resolve: (result?: unknown) => void
  readonly reject: (error: SyncError) => void
  answer?: Answer
}

interface Call extends Waiter {
  readonly name: string
  readonly argument: unknown
}

type Answer = DownFrame & { readonly type: 'ok' | 'err' | 'pong' }

/** As many calls may be under way at once; the others wait for their turn here, not at the source. */
const maxUnderWay = 256

export interface Calls {
  call(name: string, argument: unknown): Promise<unknown>
  /** Resolves when the replica shows all that the source has by the time it hears of this. Survives reconnects. */
  ping(): Promise<unknown>
  /** A session has begun on `channel`. */
  joined(channel: number): void
  /** The session is over: commands that were sent may or may not have run, so they are not sent again. */
  left(): void
  /** The replica is of no use any more, and will not show what was waited for. */
  fail(error: SyncError): void
  /** @param revision what the replica shows */
  answered(answer: Answer, revision: number): void
  /** The replica shows `revision` now; of another life of the source: all that was held back belongs to the past. */
  reached(revision: number, newEpoch: boolean): void
}

/** @param channel 0: there is no session. */
export function createCalls(send: (frame: UpFrame) => void, channel: number): Calls {
  let lastId = 0
  let lastPing = 0
  const waiting: Call[] = []
  const underWay = new Map<number, Call>()
  const pings = new Map<number, Waiter>()
  /** Whose answers have effects that the replica does not show yet. */
  const heldBack: Waiter[] = []

  function sendWaiting(): void {
    if (!channel) return
    while (waiting.length > 0 && underWay.size < maxUnderWay) {
      const call = waiting.shift() as Call
      underWay.set(++lastId, call)
      send({ type: 'call', channel, id: lastId, name: call.name, argument: call.argument })
    }
  }

  return {
    call: (name, argument) =>
      new Promise((resolve, reject) => {
        waiting.push({ name, argument, resolve, reject })
        sendWaiting()
      }),
    ping: () =>
      new Promise((resolve, reject) => {
        const id = ++lastPing
        pings.set(id, { resolve, reject })
        if (channel) send({ type: 'ping', channel, id })
      }),
    joined(next) {
      channel = next
      lastId = 0
      for (const id of pings.keys()) send({ type: 'ping', channel, id })
      sendWaiting()
    },
    left() {
      channel = 0
      for (const { name, reject } of underWay.values()) {
        reject(new SyncError('disconnected', `The connection was lost: "${name}" may or may not have run`))
      }
      underWay.clear()
    },
    fail(error) {
      for (const { reject } of [...waiting.splice(0), ...pings.values(), ...heldBack.splice(0)]) reject(error)
      pings.clear()
    },
    answered(answer, revision) {
      const asked: Map<number, Waiter> = answer.type === 'pong' ? pings : underWay
      const waiter = asked.get(answer.id)
      asked.delete(answer.id)
      sendWaiting()
      if (waiter) settle(waiter, answer, answer.revision <= revision)
    },
    reached(revision, newEpoch) {
      for (const held of heldBack.splice(0)) {
        const answer = held.answer as Answer
        settle(held, answer, newEpoch || answer.revision <= revision)
      }
    },
  }

  function settle(waiter: Waiter, answer: Answer, shown: boolean): void {
    if (!shown) {
      waiter.answer = answer
      heldBack.push(waiter)
    } else if (answer.type === 'err') waiter.reject(new SyncError(answer.error.code, answer.error.message))
    else waiter.resolve(answer.value)
  }
}
