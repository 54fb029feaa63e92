/** A live, read-only copy of a store: the document that shows it, and the machine that keeps it in step. */
import { systemClock } from '../clock.ts'
import type { CommandCalls, StoreDefinition } from '../definition.ts'
import { ReplicaDocument } from '../document/replica-document.ts'
import { pathKey } from '../document/path.ts'
import { copySent } from '../document/sendable.ts'
import type { Container } from '../document/tree.ts'
import type { Immutable, Path } from '../document/types.ts'
import { SyncError, reportUncaught, safely } from '../error.ts'
import { nextChannel, type Connection } from '../protocol/connection.ts'
import type { DownFrame, UpFrame } from '../protocol/frames.ts'
import { malformed } from '../protocol/malformed.ts'
import { parseDownFrame } from '../protocol/parse.ts'
import { hello, upFrameText } from '../protocol/wire.ts'
import { createCalls, type Calls } from './calls.ts'
import { initialMachine, transition, type Effect, type Event, type Machine, type Status } from './machine.ts'
import { createReader } from './reader.ts'
import { selector } from './select.ts'
import type { Replica, ReplicaOptions } from './types.ts'

/** Makes a replica. It joins its store as soon as the connection is open, and again whenever it reopens. */
export function createReplica<State extends object, Commands>(
  definition: StoreDefinition<State, Commands>,
  connection: Connection,
  { onError, clock = systemClock }: ReplicaOptions = {},
): Replica<State, Commands> {
  const report = safely(onError)
  const document = new ReplicaDocument(() => copySent(definition.state(), []) as Container, report)
  const statusDocument = new ReplicaDocument(() => ({ status: 'connecting' }), reportUncaught)
  const status = statusDocument.at<Status>(['status'])
  const send = (frame: UpFrame): void => connection.send(upFrameText(frame))
  let calls: Calls | undefined
  const watches = new Map<string, { readonly path: Path; count: number }>()
  const root = document.at<Immutable<State>>([])
  let machine = initialMachine(definition.name)
  let appliedAt: number | undefined
  /** The channel of the last session in which the source has been told of the watches. */
  let joined: number | undefined
  let settleReady!: { resolve: () => void; reject: (error: SyncError) => void }
  const ready = new Promise<void>((resolve, reject) => {
    settleReady = { resolve, reject }
  })
  // Who does not wait for it has `status` to look at.
  ready.catch(() => undefined)

  const newChannel = (): number => nextChannel(connection)

  function receive(text: string): void {
    // Other replicas on this connection have other channels; theirs need not be parsed here.
    if (!text.startsWith(`[${machine.channel},`) && !text.startsWith('[0,')) return
    let frame: DownFrame
    try {
      frame = parseDownFrame(text)
    } catch (error) {
      return diverged(error, machine)
    }
    dispatch({ type: 'frame', frame })
  }

  function diverged(cause: unknown, before: Machine): void {
    const error = cause instanceof SyncError ? cause : malformed({ cause })
    const hopeless = !before.known
    if (!hopeless) report(error)
    dispatch({ type: 'diverged', hopeless, error })
  }

  function dispatch(event: Event): void {
    const before = machine
    const [next, effects] = transition(before, event, newChannel)
    machine = next
    try {
      for (const effect of effects) perform(effect, before)
    } catch (error) {
      // Only applying can fail: a source and a replica that disagree.
      diverged(error, before)
    }
    // Performing may have dispatched again, and told of it: to be told of it twice is nothing new.
    if (machine.status !== before.status) tellStatus()
  }

  function perform(effect: Effect, before: Machine): void {
    switch (effect.type) {
      case 'send':
        // Often enough to tell to within a second; to read the clock for each frame costs a tenth of what a small one does.
        if (effect.frame.type === 'ack') appliedAt = clock.now()
        return send(effect.frame)
      case 'install':
        return document.install(effect.frame.value, effect.frame.isPlain)
      case 'apply':
        document.apply(effect.ops)
        return document.notify(effect.ops)
      case 'reached':
        return calls?.reached(revision(), before.known?.epoch !== machine.known?.epoch)
      case 'joined':
        // A listener that was told of the state may have closed the replica or the connection.
        if (machine.status !== 'live') return
        joined = machine.channel
        for (const { path } of watches.values()) sendWatch('watch', path)
        return calls?.joined(joined)
      case 'left':
        return calls?.left()
      case 'answer':
        return calls?.answered(effect.frame, revision())
      case 'report':
        return report(effect.error)
    }
  }

  function tellStatus(): void {
    const now = machine.status
    statusDocument.install({ status: now }, true)
    if (now === 'live') settleReady.resolve()
    else if (now !== 'connecting') {
      const reason = whyUseless()
      settleReady.reject(reason)
      calls?.fail(reason)
    }
  }

  function watch(path: Path): () => void {
    const key = pathKey(path)
    const entry = watches.get(key) ?? { path, count: 0 }
    watches.set(key, entry)
    if (++entry.count === 1) sendWatch('watch', path)
    let ended = false
    return () => {
      if (ended) return
      ended = true
      if (--entry.count > 0) return
      watches.delete(key)
      sendWatch('unwatch', path)
    }
  }

  function sendWatch(type: 'watch' | 'unwatch', path: Path): void {
    // What is watched while a session begins is told with all the others.
    if (joined === machine.channel) send({ type, channel: joined, path })
  }

  /** Made when something is asked first: a window that starts need not wait for it. */
  function usable(): Calls {
    if (machine.status === 'refused' || machine.status === 'closed') throw whyUseless()
    return (calls ??= createCalls(send, joined === machine.channel ? joined : 0))
  }

  function whyUseless(): SyncError {
    return machine.error ?? new SyncError('closed', 'The replica was closed')
  }

  const revision = (): number => machine.known?.revision ?? -1

  const unsubscribe = connection.subscribe({
    open: () => dispatch({ type: 'open' }),
    message: receive,
    close: (forGood) =>
      dispatch({
        type: 'lost',
        error: forGood ? new SyncError('disconnected', 'The connection has ended') : undefined,
      }),
  })

  return {
    ...root,
    at: (...path) => document.at<never>(path),
    select: (fn, equal) => document.at([], selector(fn as (state: unknown) => never, equal)),
    reader: (...path) => createReader(document, path, () => watch(path)),
    call: new Proxy({} as CommandCalls<Commands>, {
      // Nothing that `await` or `JSON.stringify` would call.
      get: (_, name) =>
        typeof name === 'string' && !/^(then|toJSON)$/.test(name)
          ? async (argument: unknown) => await usable().call(name, copySent(argument, ['(argument)']))
          : undefined,
    }),
    ready,
    async settled() {
      await usable().ping()
    },
    status,
    get error() {
      return machine.error
    },
    get revision() {
      return revision()
    },
    async diagnose(timeout) {
      const { diagnose } = await import('./diagnose.ts')
      const mine = [status, clock, connection, document, watches, appliedAt] as const
      return diagnose([...mine, () => machine, send, hello, parseDownFrame, nextChannel], timeout)
    },
    close() {
      dispatch({ type: 'close' })
      unsubscribe()
    },
  }
}
