/** What can go wrong, as a closed union: test on `error.code`, show `error.message`. */
export type SyncErrorCode =
  /** The value cannot be stored and sent (function, class instance, cycle, promise, DOM node, reactive proxy, ...). */
  | 'not-storable'
  /** A key that could reach a prototype: `__proto__`, `prototype`, `constructor`. */
  | 'reserved-key'
  /** Nothing, or something of another kind, is at the path. */
  | 'bad-path'
  /** An array index, length or delete count outside the array. */
  | 'out-of-bounds'
  /** A value or a path nested deeper than the limit. */
  | 'too-deep'
  /** A snapshot, or a value handed to the source, was written to. */
  | 'read-only'
  /** `update` inside an `update`, or an `async` function given to one. */
  | 'bad-update'
  /** A source, replica, writer, draft or connection that is closed was used. */
  | 'closed'
  /** Text that is not a frame of the protocol. */
  | 'bad-frame'
  /** A frame beyond the limit of bytes or ops. */
  | 'too-large'
  /** More frames, sessions or calls than the peer is allowed. */
  | 'too-many'
  /** The peers speak different versions of the protocol. */
  | 'version-mismatch'
  /** The peer is not allowed in (sender, origin, host, token, `authorize`). */
  | 'refused'
  /** No source of that name is served. */
  | 'unknown-store'
  /** The source has no command of that name. */
  | 'unknown-command'
  /** The command ran and threw. */
  | 'command-failed'
  /**
   * The connection went away before the answer came; the command may or may not have run. Where the replica's `status` is
   * `refused`, it has ended for good, and a command that was called since has not run.
   */
  | 'disconnected'
  /** A part of the installation is missing (preload, option, runtime feature). */
  | 'setup'
  /** What is stored could not be read or written (disk full, no permission, a broken disk). */
  | 'storage-failed'
  /** Another process has the storage open. */
  | 'storage-locked'
  /** What is stored was written by a newer version of the application, and is not to be overwritten by this one. */
  | 'newer-version'
  /** A migration of what is stored is missing, threw, or returned what cannot be a state. */
  | 'migration-failed'
  /** What a test waited for has not happened in time (`lockstep/testing`). */
  | 'timeout'

/**
 * The one error class of the library. `path` is where in the state it happened, if anywhere; `cause` is the error
 * underneath, if any.
 */
export class SyncError extends Error {
  override readonly name = 'SyncError'
  declare readonly code: SyncErrorCode
  declare readonly path: readonly unknown[] | undefined

  constructor(
    code: SyncErrorCode,
    message: string,
    options: { readonly path?: readonly unknown[] | undefined; readonly cause?: unknown } = {},
  ) {
    super(options.path === undefined ? message : `${message} (at ${formatPath(options.path)})`, options)
    this.code = code
    this.path = options.path
  }
}

/** A path as it is written in code: `["byId", "t1", 0]`. */
function formatPath(path: readonly unknown[]): string {
  return `[${path.map((key) => (typeof key === 'string' ? JSON.stringify(key) : String(key))).join(', ')}]`
}

/** `onError`, which must not throw into what tells it: a frame that is applied and not acknowledged is the last one. */
export function safely(onError: (error: unknown) => void = reportUncaught): (error: unknown) => void {
  return (error) => {
    try {
      onError(error)
    } catch (worse) {
      reportUncaught(worse)
    }
  }
}

/** Where errors go that nobody waits for: to the page's `error` event, or, where there is none, to the console. */
export function reportUncaught(error: unknown): void {
  const report = (globalThis as { reportError?: (error: unknown) => void }).reportError
  // oxlint-disable-next-line no-console -- nobody else is there to be told
  ;(report ?? console.error)(error)
}

/** Deepest nesting of a document. Everything that walks one is recursive, and so is `JSON`. */
export const maxDepth = 128

export function tooDeep(path?: readonly unknown[]): SyncError {
  return new SyncError('too-deep', `Nested too deep (at most ${maxDepth})`, { path })
}
