/**
 * How a replica keeps in step, as a pure transition: what it knows and what has happened give what it knows next and what
 * is to be done. It never applies a frame that does not begin exactly where it is; it joins again instead.
 */
import type { Op } from '../document/types.ts'
import { SyncError, type SyncErrorCode } from '../error.ts'
import type { DownFrame, UpFrame } from '../protocol/frames.ts'
import { hello } from '../protocol/wire.ts'

export type Status = 'connecting' | 'live' | 'refused' | 'closed'

export interface Machine {
  readonly store: string
  readonly status: Status
  /** The session's channel; 0: none. */
  readonly channel: number
  /** What the replica shows, once it shows the source's state. */
  readonly known?: { readonly epoch: string; readonly revision: number } | undefined
  /** Why it was refused. */
  readonly error?: SyncError | undefined
}

export type Event =
  /** The connection carries frames. */
  | { readonly type: 'open' }
  /** It does not; with an error: nor will it any more. */
  | { readonly type: 'lost'; readonly error?: SyncError | undefined }
  | { readonly type: 'frame'; readonly frame: DownFrame }
  /**
   * What arrived was no frame, or could not be applied: start anew from a snapshot; unless it was that snapshot, for then
   * there is no hope.
   */
  | { readonly type: 'diverged'; readonly hopeless: boolean; readonly error: SyncError }
  | { readonly type: 'close' }

export type Effect =
  | { readonly type: 'send'; readonly frame: UpFrame }
  /** Show this state. */
  | { readonly type: 'install'; readonly frame: DownFrame & { readonly type: 'snapshot' } }
  | { readonly type: 'apply'; readonly ops: readonly Op[] }
  /** The state is at a new revision: whoever waits for one may go on. */
  | { readonly type: 'reached' }
  /** A session has begun: send what waits for one. */
  | { readonly type: 'joined' }
  /** The session is over: what was asked in it will not be answered. */
  | { readonly type: 'left' }
  | { readonly type: 'answer'; readonly frame: DownFrame & { readonly type: 'ok' | 'err' | 'pong' } }
  /** The source has complained about a frame. */
  | { readonly type: 'report'; readonly error: SyncError }

type Step = readonly [Machine, readonly Effect[]]

export function initialMachine(store: string): Machine {
  return { store, status: 'connecting', channel: 0 }
}

/** @param nextChannel gives one that is unused on the connection, where a session begins. */
export function transition(machine: Machine, event: Event, nextChannel: () => number): Step {
  if (machine.status === 'closed') return [machine, []]
  switch (event.type) {
    case 'open':
      // Also after a refusal: a source that was closed, or did not serve the store yet, may be another one now.
      return join({ ...machine, error: undefined }, nextChannel, machine.known)
    case 'lost':
      return machine.status === 'refused'
        ? [machine, []]
        : [
            { ...machine, status: event.error ? 'refused' : 'connecting', channel: 0, error: event.error },
            [{ type: 'left' }],
          ]
    case 'diverged':
      if (event.hopeless)
        return [{ ...machine, status: 'refused', channel: 0, error: event.error }, [...bye(machine), { type: 'left' }]]
      return join(machine, nextChannel, undefined)
    case 'close':
      return [{ ...machine, status: 'closed', channel: 0 }, [...bye(machine), { type: 'left' }]]
    case 'frame':
      return receive(machine, event.frame, nextChannel)
  }
}

function receive(machine: Machine, frame: DownFrame, nextChannel: () => number): Step {
  // What comes on a channel that was left crossed the leaving on its way; channel 0 is for refusals only.
  if (frame.channel === 0 ? frame.type !== 'refused' : frame.channel !== machine.channel) return [machine, []]
  const { type } = frame
  if (type === 'refused') return refused(machine, frame, nextChannel)
  if (type === 'snapshot') {
    const { epoch, revision } = frame
    const stale = machine.status === 'live' && machine.known?.epoch === epoch && machine.known.revision >= revision
    if (stale) return join(machine, nextChannel, machine.known)
    return show(machine, frame, { epoch, revision }, { type: 'install', frame })
  }
  if (type === 'commit') {
    const { known } = machine
    if (known?.revision !== frame.from || (machine.status === 'live' && frame.to === frame.from)) {
      return join(machine, nextChannel, known)
    }
    return show(machine, frame, { epoch: known.epoch, revision: frame.to }, { type: 'apply', ops: frame.ops })
  }
  return [machine, [{ type: 'answer', frame }]]
}

function show(
  machine: Machine,
  { asks }: { readonly asks: boolean },
  known: NonNullable<Machine['known']>,
  effect: Effect,
): Step {
  const effects: Effect[] = [effect]
  if (asks) effects.push({ type: 'send', frame: { type: 'ack', channel: machine.channel, revision: known.revision } })
  effects.push({ type: 'reached' })
  if (machine.status !== 'live') effects.push({ type: 'joined' })
  return [{ ...machine, status: 'live', known }, effects]
}

function join(machine: Machine, nextChannel: () => number, known: Machine['known']): Step {
  const channel = nextChannel()
  return [
    { ...machine, status: 'connecting', channel, known },
    [{ type: 'left' }, { type: 'send', frame: hello(channel, machine.store, known, machine.channel) }],
  ]
}

function refused(machine: Machine, frame: DownFrame & { type: 'refused' }, nextChannel: () => number): Step {
  const { code, message } = frame.error
  const error = new SyncError(code, message)
  const report: Effect = { type: 'report', error }
  // On channel 0 a live session is not meant; nor is any where a frame was no frame, be it another replica's.
  if (frame.channel === 0 && (machine.status === 'live' || aboutFrames.includes(code))) return [machine, [report]]
  // A session that went wrong can begin again; who is not let in need not ask twice.
  if (code === 'bad-frame' || (code === 'too-many' && machine.status === 'live')) {
    const [next, effects] = join({ ...machine, channel: 0 }, nextChannel, machine.known)
    return [next, [report, ...effects]]
  }
  return [{ ...machine, status: 'refused', channel: 0, error }, [{ type: 'left' }]]
}

const aboutFrames: readonly SyncErrorCode[] = ['bad-frame', 'too-large', 'too-deep', 'reserved-key']

function bye({ channel }: Machine): readonly Effect[] {
  return channel ? [{ type: 'send', frame: { type: 'bye', channel } }] : []
}
