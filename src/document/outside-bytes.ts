/**
 * Bytes that a program has in common with a store, in development. Nobody can freeze them: written to, they change nothing in
 * the state, and nothing says so. So the last few that crossed are compared after each update.
 */
import { asUint8Array, type Bytes } from '../bytes.ts'
import { SyncError } from '../error.ts'
import type { Path } from './types.ts'

/** Made when the bytes crossed, so that its stack says where that was. */
interface Crossing {
  readonly bytes: WeakRef<Bytes>
  readonly before: Uint8Array
  readonly warning: SyncError
}

const maxCrossings = 32
/** In bytes. */
const maxLength = 65_536
const crossings: Crossing[] = []

/** @param path where they were put, if they were given to the store rather than read from it. */
export function noteOutside(bytes: Bytes, path?: Path): void {
  if (bytes.byteLength > maxLength) return
  const told = path === undefined ? 'that were read from a store' : 'that were given to a store'
  const message = `Bytes ${told} have been written to since, which changes nothing in its state: write to them in an update(), through the draft. They crossed here`
  // Given again, what was written in between has been taken in.
  forget((crossing) => crossing.bytes.deref() === bytes)
  crossings.push({
    bytes: new WeakRef(bytes),
    before: asUint8Array(bytes).slice(),
    warning: withLongStack(() => new SyncError('read-only', message, { path: path && [...path] })),
  })
  if (crossings.length > maxCrossings) crossings.shift()
}

/** Warns, once, of each that has been written to. */
export function warnOfWrites(): void {
  forget(({ bytes, before, warning }) => {
    const now = bytes.deref()
    // Of another length: transferred away.
    if (now === undefined || now.byteLength !== before.length) return true
    const written = asUint8Array(now).some((byte, index) => byte !== before[index])
    if (written) globalThis.console.warn(warning)
    return written
  })
}

function forget(which: (crossing: Crossing) => boolean): void {
  const rest = crossings.filter((crossing) => !which(crossing))
  crossings.splice(0, crossings.length, ...rest)
}

/** Long enough to reach beyond the library, however deep the bytes are in what was given. */
function withLongStack<T>(make: () => T): T {
  // V8's; elsewhere it does nothing.
  const limited = Error as { stackTraceLimit?: number | undefined }
  const before = limited.stackTraceLimit
  limited.stackTraceLimit = 100
  try {
    return make()
  } finally {
    limited.stackTraceLimit = before
  }
}
