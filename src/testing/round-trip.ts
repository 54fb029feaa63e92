import { systemClock } from '../clock.ts'
import { SyncError } from '../error.ts'
import type { Replica } from '../replica/index.ts'
import { isFakeClock } from './clock.ts'
import { originOf } from './origin.ts'
import { show } from './show.ts'
import { waitForSync } from './waiting.ts'

/** What takes a component away: a function, or what frameworks return from mounting. */
export type Mounted =
  | (() => unknown)
  | { unmount(): unknown }
  | { destroy(): unknown }
  | { $destroy(): unknown }
  | { dispose(): unknown }

export interface RoundTripOptions {
  /** Appends to the stream that the component shows: a source's `writer`, or whatever feeds your own. */
  readonly writer: { append(chunk: string): unknown; end?(): unknown }
  /** The replica that the component reads: it is in step before each check. */
  readonly replica?: Pick<Replica<object, unknown>, 'settled' | 'get' | 'revision' | 'status' | 'error'>
  /** Resolves when the framework has rendered what it was told, e.g. Svelte's `tick`. */
  readonly settle?: () => unknown
}

/** What a check gets. */
export interface RoundTripCheck<View> {
  /** What `mount` returned. */
  readonly view: View
  /** All that was appended so far: what the component has to show, no hole, no repeat. */
  readonly text: string
  /** Whether the stream has ended. */
  readonly ended: boolean
  readonly phase: string
}

/**
 * Mounts a component, streams into it, unmounts and re-mounts it, before, during and after the stream, and checks each time
 * that it shows the whole text. It finds what is lost when a user navigates away and back, or comes late, and what is
 * doubled where a component fetches the text so far and listens for chunks besides.
 *
 * @param mount shows the component, and returns what takes it away (it may be async).
 * @param check throws, or returns `false`, if the component does not show `text`.
 * @throws an error that says in which phase `mount`, `check` or unmounting failed; what was thrown is its `cause`.
 */
export async function roundTrip<View extends Mounted>(
  mount: () => View | Promise<View>,
  check: (state: RoundTripCheck<View>) => unknown,
  options: RoundTripOptions,
): Promise<void> {
  const { writer, replica, settle } = options ?? {}
  if (typeof mount !== 'function' || typeof check !== 'function' || typeof writer?.append !== 'function') {
    throw new SyncError(
      'setup',
      'roundTrip() takes `mount`, `check` and { writer }, e.g. { writer: source.writer(...path), replica }',
    )
  }
  let view: View | undefined
  let text = ''
  let ended = false
  let chunks = 0

  const steps = {
    async mount() {
      view = await mount()
      unmounterOf(view)
    },
    async unmount() {
      const leaving = view
      view = undefined
      if (leaving !== undefined) await unmounterOf(leaving)()
    },
    async append() {
      // All of one length would hide a chunk that stands in for another; and half an emoji must not be seen.
      const chunk = ` ${++chunks}${'·'.repeat(chunks % 5)}${chunks % 3 === 0 ? '👋' : ''}`
      text += chunk
      await writer.append(chunk)
    },
    async end() {
      ended = true
      await writer.end?.()
    },
    /** Lets messages arrive, but asks for nothing that waits for an interval: what is stale stays stale. */
    async pass() {
      const clock = replica === undefined ? undefined : originOf(replica)?.clock
      if (clock !== undefined && isFakeClock(clock)) await clock.advance(0)
      for (let turn = 0; turn < 4; turn++) {
        await new Promise<void>((resolve) => {
          systemClock.schedule(resolve, 0, true)
        })
      }
    },
    /** Lets everything arrive that is under way. */
    async arrive() {
      if (replica !== undefined) await waitForSync(replica)
      // What the component hears by other ways may be slower than the replica.
      await steps.pass()
      await settle?.()
    },
    async check(phase: string) {
      await steps.arrive()
      if (view === undefined) return
      if ((await check({ view, text, ended, phase })) === false) throw new Error('check returned false')
    },
  } satisfies Record<string, (phase: string) => Promise<void>>

  let phase = ''
  try {
    for (const [name, ...todo] of phases) {
      phase = name
      for (const step of todo) await steps[step](name)
    }
  } catch (cause) {
    throw inPhase(phase, text, cause)
  } finally {
    await steps.unmount()
  }
}

type Step = 'mount' | 'unmount' | 'append' | 'end' | 'pass' | 'arrive' | 'check'

const phases: readonly (readonly [name: string, ...Step[]])[] = [
  ['mounted before the stream begins', 'arrive', 'mount', 'check'],
  ['mounted while the stream begins', 'append', 'append', 'check'],
  [
    're-mounted in mid-stream, with chunks that came meanwhile',
    ...(['unmount', 'append', 'arrive', 'append', 'pass', 'append', 'pass', 'mount', 'check'] as const),
  ],
  ['going on after it was re-mounted', 'append', 'append', 'check'],
  [
    're-mounted between two chunks',
    ...(['append', 'pass', 'unmount', 'append', 'pass', 'mount', 'append', 'check'] as const),
  ],
  ['re-mounted with nothing on its way', 'unmount', 'arrive', 'mount', 'check'],
  ['mounted as the stream ends', 'append', 'end', 'check'],
  ['re-mounted after the end', 'unmount', 'arrive', 'mount', 'check'],
  ['unmounted for good', 'unmount', 'arrive'],
]

function unmounterOf(view: unknown): () => unknown {
  if (typeof view === 'function') return view as () => unknown
  const object = (typeof view === 'object' && view !== null ? view : {}) as Record<string, unknown>
  for (const name of ['unmount', 'destroy', '$destroy', 'dispose']) {
    const unmount = object[name]
    if (typeof unmount === 'function') return () => unmount.call(view) as unknown
  }
  throw new SyncError(
    'setup',
    `roundTrip: \`mount\` has to return what unmounts: a function, or an object with unmount(), destroy() or dispose(); it returned ${show(view, 100)}`,
  )
}

/** Keeps what makes a test runner show a difference. */
function inPhase(phase: string, text: string, cause: unknown): Error {
  const message = cause instanceof Error ? cause.message : show(cause)
  const error = new Error(
    `roundTrip: failed when ${phase}\n  appended so far: ${show(text)}\n  ${message}\n` +
      '  What to do: let the component read the text from state (replica.reader(...path) or at(...path)), not collect chunks while it is mounted.',
    { cause },
  )
  for (const name of ['actual', 'expected', 'operator', 'showDiff'])
    if (typeof cause === 'object' && cause !== null && name in cause)
      Object.assign(error, { [name]: (cause as Record<string, unknown>)[name] })
  return error
}
