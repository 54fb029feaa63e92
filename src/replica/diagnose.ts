/**
 * Finds the hop at which a replica and its source part. Loaded when somebody asks, so it imports nothing that a page has
 * loaded already: what it needs of that is handed in.
 */
import type { Clock } from '../clock.ts'
import { difference } from '../document/difference.ts'
import { hash } from '../document/hash.ts'
import type { Branch, Listener } from '../document/listeners.ts'
import type { ReplicaDocument } from '../document/replica-document.ts'
import type { Path, Readable } from '../document/types.ts'
import type { Connection } from '../protocol/connection.ts'
import type { DownFrame, UpFrame } from '../protocol/frames.ts'
import { readReport } from '../protocol/report.ts'
import type { Diagnosis, HopName, Hop, Subscribers } from './diagnosis.ts'
import type { Machine, Status } from './machine.ts'
import { judge, type Answer } from './verdict.ts'

/**
 * What a diagnosis gets of the inside of a replica. The functions at the end are loaded in every page; imported here,
 * bundlers would split them off. It is a list because names would stay in every page's bundle.
 */
export type Inside = readonly [
  status: Readable<Status>,
  clock: Clock,
  connection: Connection,
  document: ReplicaDocument,
  watches: ReadonlyMap<string, { readonly path: Path }>,
  /** When the last frame was applied, in the clock's ms. */
  appliedAt: number | undefined,
  machine: () => Machine,
  send: (frame: UpFrame) => void,
  hello: (channel: number, store: string, known: undefined, replaces: number) => UpFrame,
  parse: (text: string) => DownFrame,
  nextChannel: (connection: Connection) => number,
]

type Named = ReturnType<typeof named>
type Known = NonNullable<Machine['known']>

function named(inside: Inside) {
  const [status, clock, connection, document, watches, appliedAt, machine, send, hello, parse, nextChannel] = inside
  return { status, clock, connection, document, watches, appliedAt, machine, send, hello, parse, nextChannel }
}

/** How often both sides are asked to be at one revision, while the state changes. */
const maxAttempts = 5
/** Of the pings here; those of the replica itself count from 1. */
let lastPing = 1_000_000_000

export async function diagnose(inside: Inside, timeout: number = 2000): Promise<Diagnosis> {
  const all = named(inside)
  const { clock, document, watches, appliedAt, machine } = all
  const asked = clock.now()
  const before = machine()
  const asking = new Asking(all, asked + timeout)
  const answers: Answer[] = []
  let diverged: { path: Path | undefined } | undefined
  for (let attempt = 0; attempt < maxAttempts && (await asking.joined()); attempt++) {
    const answer = await asking.ping()
    if (answer === undefined) continue
    answers.push(answer)
    const { compared, report } = answer
    if (compared !== undefined && compared.here !== compared.there) diverged = { path: await asking.locate() }
    if (compared !== undefined || report === undefined) break
  }
  const [first, last] = [answers[0], answers[answers.length - 1]]
  const after = machine()
  const subscribers = subscribersOf(document)
  const [verdict, sentence] = judge({ before, after, first, last, diverged, subscribers, timeout })
  const age = appliedAt === undefined ? undefined : Math.round(asked - appliedAt)
  return {
    store: after.store,
    verdict,
    sentence,
    status: after.status,
    error: after.error,
    hops: hopsOf(first, { revision: before.known?.revision, age }, subscribers),
    source: first?.report,
    watches: [...watches.values()].map(({ path }) => path),
    subscribers,
    compared: last?.compared,
    divergedAt: diverged?.path,
    unanswered: unanswered(after, first, diverged),
  }
}

function hopsOf(first: Answer | undefined, here: Hop, { count }: Subscribers): Record<HopName, Hop> {
  const committed = { revision: first?.revision, age: first?.report?.committedAge }
  return {
    mutated: committed,
    published: committed,
    sent: { revision: first?.report?.sent, age: first?.report?.sentAge },
    // What is received is applied at once, or else the replica joins again.
    received: here,
    applied: here,
    rendered: count > 0 ? here : { revision: undefined, age: undefined },
  }
}

function unanswered(
  { status }: Machine,
  first: Answer | undefined,
  diverged: { readonly path: Path | undefined } | undefined,
): Diagnosis['unanswered'] {
  if (first === undefined) return status === 'connecting' ? ['join'] : status === 'live' ? ['ping'] : []
  if (first.report === undefined) return ['report']
  return diverged !== undefined && diverged.path === undefined ? ['state'] : []
}

function subscribersOf(document: ReplicaDocument): Subscribers {
  const listeners: Listener[] = []
  const collect = ({ listeners: here, children }: Branch): void => {
    listeners.push(...here)
    for (const child of children.values()) collect(child)
  }
  collect(document.listeners.root)
  return {
    count: listeners.length,
    paths: listeners.slice(0, 20).map(({ path }) => path),
  }
}

/** Asks the other end, and waits no longer than until `deadline`. */
class Asking {
  readonly #inside: Named
  readonly #deadline: number

  constructor(inside: Named, deadline: number) {
    this.#inside = inside
    this.#deadline = deadline
  }

  /** Whether there is a session, which it waits for. */
  async joined(): Promise<boolean> {
    const { status } = this.#inside
    if (status.get() === 'connecting') {
      await this.#within((finish) =>
        status.subscribe((now) => {
          if (now !== 'connecting') finish()
        }),
      )
    }
    return status.get() === 'live' && this.#timeLeft > 0
  }

  /** A pong with a report. Compares at the very moment when it comes, before anything else does. */
  ping(): Promise<Answer | undefined> {
    const { document, machine } = this.#inside
    const { channel } = machine()
    const id = ++lastPing
    return this.#heard(`[${channel},"pong",${id},`, [{ type: 'ping', channel, id, report: true }], (frame) => {
      const { revision, value } = frame as DownFrame & { readonly type: 'pong' }
      const report = readReport(value)
      // There is one as long as the session lasts.
      const { revision: shown } = machine().known as Known
      const comparable = report?.hash !== undefined && shown === revision
      const compared = comparable ? { revision, here: hash(document.live), there: report.hash } : undefined
      return { revision, report, shown, compared }
    })
  }

  /** Where the states differ: joins once more for the source's, and leaves. */
  async locate(): Promise<Path | undefined> {
    const { connection, document, machine, hello, nextChannel } = this.#inside
    for (let attempt = 0; attempt < maxAttempts && (await this.joined()); attempt++) {
      const before = machine()
      const channel = nextChannel(connection)
      const path = await this.#heard<Path | 'refused' | 'another revision'>(
        `[${channel},`,
        [
          // So that this replica gets all that the other copy will have.
          { type: 'ping', channel: before.channel, id: ++lastPing, report: true },
          hello(channel, before.store, undefined, 0),
          { type: 'bye', channel },
        ],
        (frame) => {
          // On one connection there is one life of the source, so revisions suffice.
          const { revision } = machine().known as Known
          if (frame.type !== 'snapshot') return 'refused'
          return frame.revision === revision ? difference(document.live, frame.value) : 'another revision'
        },
      )
      // Who asks again and again for what is not to be had is disconnected.
      if (path === 'refused') break
      if (typeof path === 'object') return path
    }
    return undefined
  }

  get #timeLeft(): number {
    return this.#deadline - this.#inside.clock.now()
  }

  /** What `read` makes of the first frame that begins with `start`; `undefined`: it did not come, or the session ended. */
  #heard<T>(
    start: string,
    asking: readonly UpFrame[],
    read: (frame: DownFrame) => T | undefined,
  ): Promise<T | undefined> {
    const { connection, machine, send, parse } = this.#inside
    const { channel } = machine()
    return this.#within<T>((finish) => {
      const message = (text: string): void => {
        // The replica, which hears of it first, has joined anew: nothing more will come in the old session.
        if (machine().channel !== channel) finish()
        else if (text.startsWith(start)) finish(attempt(() => read(parse(text))))
      }
      const unsubscribe = connection.subscribe({ message, close: () => finish() })
      for (const frame of asking) send(frame)
      return unsubscribe
    })
  }

  #within<T>(begin: (finish: (value?: T) => void) => () => void): Promise<T | undefined> {
    return new Promise((resolve) => {
      const ends: (() => void)[] = []
      const finish = (value?: T): void => {
        for (const end of ends.splice(0)) end()
        resolve(value)
      }
      ends.push(this.#inside.clock.schedule(finish, Math.max(0, this.#timeLeft)))
      const end = begin(finish)
      // It may be over before it has begun.
      if (ends.length === 0) end()
      else ends.push(end)
    })
  }
}

/** What is no frame is no answer. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch {
    return undefined
  }
}
