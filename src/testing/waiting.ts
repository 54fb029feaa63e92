/** Waiting without polling and without sleeps. */
import { systemClock, type Clock } from '../clock.ts'
import type { Readable } from '../document/types.ts'
import { SyncError } from '../error.ts'
import { isFakeClock } from './clock.ts'
import { moveOn } from './move-on.ts'
import { originOf, replicaOf, type AnyReplica, type KnownSource, type Origin } from './origin.ts'
import { report } from './report.ts'
import { shorten, show } from './show.ts'

export interface WaitOptions {
  /** The longest wait, in ms of the clock; default 2,000. */
  readonly timeout?: number
  /**
   * By default the clock of what is awaited, as far as it is known: that of a source, or of a replica that was made here.
   * A fake clock is moved on, from timer to timer, until what is awaited has happened.
   */
  readonly clock?: Clock
  /** The source of a replica that was not made by `linked`, for the messages of failures. */
  readonly source?: KnownSource
}

/**
 * Resolves once the replica, or each of several, shows everything that its source has committed so far. It asks for that
 * at once, so no interval of the source delays it.
 *
 * @throws SyncError `timeout` that says where both sides are and how they differ; `refused` or another code if the replica
 * was refused; `closed`; `setup` if it is no replica.
 */
export async function waitForSync(
  replica: AnyReplica | readonly AnyReplica[],
  options: WaitOptions = {},
): Promise<void> {
  const replicas = isList(replica) ? replica : [replica]
  if (replicas.length === 0 || !replicas.every(isReplica)) {
    throw new SyncError('setup', `waitForSync() takes a replica or an array of them, not ${show(replica, 100)}`)
  }
  await Promise.all(replicas.map((each) => sync(each, options)))
}

async function sync(replica: AnyReplica, options: WaitOptions): Promise<void> {
  const { origin, clock, timeout } = resolve(replica, options, 'waitForSync')
  const revision = origin.source?.revision
  const fail = (code: SyncError['code'], why: string, cause?: unknown): SyncError =>
    failure(code, `waitForSync: the replica ${why}`, report(replica, origin, revision), cause)
  await within(clock, timeout, replica.settled(), () => fail('timeout', `is not in step after ${timeout} ms`)).catch(
    (error: unknown) => {
      if (!(error instanceof SyncError) || error.code === 'timeout') throw error
      throw fail(error.code, 'cannot get in step any more', error)
    },
  )
}

/**
 * Resolves with the value of a replica, a source or a part of one as soon as `predicate` holds for what it shows: now, or at
 * some delivery. A predicate that throws does not hold.
 *
 * @throws SyncError `timeout` that says what was awaited and what was seen; the replica's own error, if it is refused or
 * closed meanwhile; `setup` if the predicate is none.
 */
export async function waitFor<T>(
  readable: Readable<T>,
  predicate: (value: T) => boolean,
  options: WaitOptions = {},
): Promise<T> {
  if (typeof readable?.subscribe !== 'function') {
    throw new SyncError(
      'setup',
      `waitFor() takes a replica, a source or a part of one (\`at\`, \`select\`, \`reader\`), not ${show(readable, 100)}`,
    )
  }
  if (typeof predicate !== 'function')
    throw new SyncError('setup', `waitFor() takes a predicate, not ${show(predicate, 100)}`)
  const { origin, clock, timeout } = resolve(readable, options, 'waitFor')
  const awaited = shorten(String(predicate).replace(/\s+/g, ' '), 300)
  const replica = isReplica(readable) ? readable : replicaOf(readable)
  const seen = new Seen(predicate)
  const stops: (() => void)[] = []
  const fail = (code: SyncError['code'], why: string, cause?: unknown): SyncError =>
    failure(
      code,
      `waitFor: ${why}: ${awaited}`,
      [
        ...seen.lines(),
        ...(isReplica(readable) ? [] : [`last seen: ${show(readable.get())}`]),
        ...(replica === undefined
          ? [
              'What to do: check that the code under test commits it. Does a fake clock drive this? Pass it as { clock }.',
            ]
          : report(replica, origin)),
      ],
      cause,
    )
  const found = new Promise<T>((resolve, reject) => {
    const attempt = (value: T): void => {
      try {
        if (seen.holds(value)) resolve(value)
      } catch (error) {
        reject(error)
      }
    }
    stops.push(readable.subscribe(attempt))
    if (replica === undefined) return
    stops.push(
      replica.status.subscribe((status) => {
        if (status === 'refused')
          reject(fail(replica.error?.code ?? 'refused', 'the replica was refused', replica.error))
        if (status === 'closed') reject(fail('closed', 'the replica was closed'))
      }),
    )
  })
  try {
    return await within(clock, timeout, found, () => fail('timeout', `not within ${timeout} ms`))
  } finally {
    for (const stop of stops) stop()
  }
}

/** A predicate, and how it went. */
class Seen<T> {
  readonly #predicate: (value: T) => boolean
  #values = 0
  #thrown: { readonly error: unknown } | undefined
  #last: unknown

  constructor(predicate: (value: T) => boolean) {
    this.#predicate = predicate
  }

  holds(value: T): boolean {
    this.#values++
    this.#thrown = undefined
    try {
      this.#last = this.#predicate(value)
    } catch (error) {
      this.#thrown = { error }
      return false
    }
    if (typeof (this.#last as { then?: unknown } | undefined)?.then === 'function')
      throw new SyncError('setup', 'waitFor: the predicate returned a promise; it has to be synchronous')
    return Boolean(this.#last)
  }

  lines(): string[] {
    const values = `values seen: ${this.#values}`
    if (this.#thrown !== undefined) {
      const { error } = this.#thrown
      return [values, `the predicate threw: ${shorten(error instanceof Error ? error.message : show(error), 300)}`]
    }
    if (this.#last === undefined && this.#values > 0)
      return [values, 'the predicate returned undefined: has it to `return` something?']
    return [values]
  }
}

function resolve(
  readable: object,
  { timeout = 2000, clock, source }: WaitOptions,
  name: string,
): { origin: Origin; clock: Clock; timeout: number } {
  if (!(typeof timeout === 'number' && timeout >= 0 && timeout < Number.POSITIVE_INFINITY))
    throw new SyncError('setup', `${name}: \`timeout\` is a number of ms from 0 up, not ${show(timeout, 100)}`)
  const own = originOf(readable)
  const known = source ?? own?.source
  const chosen = clock ?? own?.clock ?? (readable as KnownSource)['~inside']?.clock ?? systemClock
  return { origin: { source: known, link: own?.link, clock: chosen, gone: own?.gone }, clock: chosen, timeout }
}

async function within<T>(clock: Clock, timeout: number, promise: Promise<T>, fail: () => SyncError): Promise<T> {
  if (isFakeClock(clock)) {
    if (await moveOn(clock, timeout, promise)) return await promise
    throw fail()
  }
  let stop = (): void => {}
  const late = new Promise<never>((_, reject) => {
    stop = clock.schedule(() => reject(fail()), timeout, true)
  })
  return await Promise.race([promise, late]).finally(() => stop())
}

function failure(code: SyncError['code'], head: string, lines: readonly string[], cause: unknown): SyncError {
  return new SyncError(code, [head, ...lines].join('\n  '), { cause })
}

function isReplica(value: unknown): value is AnyReplica {
  return typeof (value as Partial<AnyReplica> | null | undefined)?.settled === 'function'
}

function isList(value: AnyReplica | readonly AnyReplica[]): value is readonly AnyReplica[] {
  return Array.isArray(value)
}
