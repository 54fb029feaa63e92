/** From what was found to the hop that is broken, and a sentence about it. */
import type { Path } from '../document/types.ts'
import type { Report } from '../protocol/report.ts'
import type { Diagnosis, Subscribers, Verdict } from './diagnosis.ts'
import type { Machine } from './machine.ts'

/** A pong, and where this replica was when it came. */
export interface Answer {
  readonly revision: number
  readonly report: Report | undefined
  readonly shown: number
  readonly compared: Diagnosis['compared']
}

export interface Findings {
  /** When `diagnose` was called, and at the end. */
  readonly before: Machine
  readonly after: Machine
  readonly first: Answer | undefined
  readonly last: Answer | undefined
  readonly diverged: { readonly path: Path | undefined } | undefined
  readonly subscribers: Subscribers
  readonly timeout: number
}

type Judged = readonly [Verdict, string]

/** An ack that takes longer than this, in ms, is not under way. */
const patience = 1000
/** What is sent within this many ms is not late to anybody who watches. */
const noticeable = 50

export function judge(findings: Findings): Judged {
  const { after, first, last, diverged } = findings
  const { error, known, status } = after
  const neverOpen = error?.code === 'disconnected' && known === undefined
  if (status === 'closed' || (status === 'refused' && !neverOpen)) return refused(after)
  if (first === undefined || last === undefined) return silent(findings)
  if (diverged !== undefined) return differing(last, diverged.path)
  const stuck = held(findings, first, last) ?? late(findings, first, last)
  return stuck ?? stoodStill(first, findings.subscribers) ?? inStep(last, findings.subscribers)
}

function refused({ store, status, error, known }: Machine): Judged {
  if (status === 'closed') {
    return [
      'refused',
      `This replica of "${store}" was closed here by close() and goes on showing ${shown(known?.revision)}: connect again, and read from the new replica`,
    ]
  }
  if (error?.code === 'disconnected' && known !== undefined) {
    return [
      'refused',
      `"${store}" shows ${shown(known.revision)}, and its connection has ended for good: see that the process that owns the store runs, and make another connection (a page: load it again)`,
    ]
  }
  if (error?.code === 'unknown-store') {
    return [
      'unknown-store',
      `No store "${store}" is served here: pass its source to serve(), servePort() or serveWebSocket(), and import the same definition on both sides`,
    ]
  }
  const remedy =
    error?.code === 'closed'
      ? 'make another source, serve it and connect again'
      : 'remedy that, and load this page again'
  return ['refused', `"${store}" was refused (${error?.code}): ${error?.message}; ${remedy}`]
}

function silent({ after: { store, status, channel, known }, timeout }: Findings): Judged {
  const here = shown(known?.revision)
  if (status === 'live') {
    return [
      'unanswered',
      `The source of "${store}" has not answered within ${timeout} ms: its process is blocked (a breakpoint, heavy work) or has gone without a word; this window shows ${here}`,
    ]
  }
  if (known !== undefined) {
    const stage = channel === 0 ? 'the connection is not open' : 'it has asked to join again and has no answer yet'
    return [
      'resyncing',
      `"${store}" shows ${here}, from before the connection was lost: ${stage}; see that the process that owns the store runs`,
    ]
  }
  return channel === 0
    ? [
        'never-connected',
        `"${store}" has never been connected, since its connection does not open: start the process that owns the store, and see there and on this console why it does not let this page in`,
      ]
    : [
        'never-connected',
        `"${store}" has asked to join and nobody has ever answered: in Electron, call serve() before this window loads, with the window's session in \`sessions\` (it installs the preload script); elsewhere, call servePort() or serveWebSocket() at the other end`,
      ]
}

function differing({ revision }: Answer, path: Path | undefined): Judged {
  const place = path === undefined ? 'somewhere (a fresh copy of the state has not shown where)' : `at ${format(path)}`
  return [
    'diverged',
    `Diverged ${place}: both sides are at revision ${revision} and hold different values; something between them changes frames, or one side has written past the library; close() and connect again for a fresh copy, and report it if it is the library`,
  ]
}

/** Something keeps the source from sending. */
function held({ before }: Findings, first: Answer, last: Answer): Judged | undefined {
  const { report, shown: here } = first
  if (report === undefined) return undefined
  if (here < report.sent) {
    // The connection keeps the order, so what was sent before the pong has come before it, or never comes.
    return [
      'behind',
      `Behind by ${count(last.revision - here)}: the frame up to revision ${report.sent} was sent ${report.sentAge} ms ago and has not arrived, though what was sent after it has; something between drops or reorders frames: mend that, close() and connect again`,
    ]
  }
  if (report.waiting && report.sentAge >= patience && last.report?.waiting === true) {
    return [
      'waiting-for-credit',
      `The source has waited ${report.sentAge} ms for this window to acknowledge a frame, which is applied here, but its ack has not arrived there: something between drops what this window sends; mend that, close() and connect again`,
    ]
  }
  const { pending, waiting } = report
  const { due = pending === 'nothing' || waiting ? 0 : Number.POSITIVE_INFINITY } = report
  if (due <= noticeable || before.known?.revision === first.revision) return undefined
  const remedy =
    pending === 'appends'
      ? "show a text that grows by replica.reader(), which follows it live, or lower the source's `appendInterval`"
      : "lower the source's `interval`"
  return [
    'throttled',
    `This window showed ${shown(before.known?.revision)} and the source was at ${first.revision}, which it was to send ${Number.isFinite(due) ? `${due} ms later` : 'only along with other changes'}: ${remedy}`,
  ]
}

/** Nothing does, and yet this side is, or was, not up to date. */
function late({ before, after }: Findings, first: Answer, last: Answer): Judged | undefined {
  if (last.shown < last.revision) {
    return [
      'behind',
      `Behind by ${count(last.revision - last.shown)}, still under way: the source changes faster than this window can follow, or frames take long; await settled(), and ask again`,
    ]
  }
  if (before.status !== 'connecting' || before.known === undefined) return undefined
  return [
    'resyncing',
    `"${after.store}" showed ${shown(before.known.revision)}, from before the connection was lost, and has joined again: it is at revision ${first.shown} now`,
  ]
}

/** All is well again. */
function stoodStill({ report }: Answer, { count: listeners }: Subscribers): Judged | undefined {
  const waited = Math.max(report?.longestWait ?? 0, report?.waiting === true ? report.sentAge : 0)
  if (waited < patience || listeners === 0) return undefined
  return [
    'waiting-for-credit',
    `The source has waited ${waited} ms for this window to acknowledge a frame: the window stood still (a breakpoint, heavy work, a sleeping process), and has caught up; keep long work out of it`,
  ]
}

function inStep({ shown: revision }: Answer, { count: listeners, paths }: Subscribers): Judged {
  const head = `In step at revision ${revision}`
  if (listeners === 0) {
    return [
      'in-step',
      `${head}, but the component does not read the replica: nobody is subscribed to it; use $store, useSyncExternalStore or subscribe() on replica.at(...) where get() was called once or a plain value was taken out`,
    ]
  }
  const places = [...new Set(paths.map(format))].join(', ')
  return [
    'in-step',
    `${head}, and every subscriber has been told (${listeners}, of ${places}): a component that shows anything else is not among them, or keeps a copy; subscribe it to what it shows`,
  ]
}

function shown(revision: number | undefined): string {
  return revision === undefined ? 'the state of the definition' : `revision ${revision}`
}

function count(revisions: number): string {
  return revisions === 1 ? '1 revision' : `${revisions} revisions`
}

function format(path: Path): string {
  return `[${path.map((key) => (typeof key === 'string' ? JSON.stringify(key) : String(key))).join(', ')}]`
}
