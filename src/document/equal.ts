import { isBytes, isContainer, type Bytes, type Container } from './tree.ts'

/** Whether two values without parts are the same, or dates or bytes that say the same. */
export function equalLeaves(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (a instanceof Date) return b instanceof Date && Object.is(a.getTime(), b.getTime())
  return isBytes(a) && isBytes(b) && equalBytes(a, b)
}

/** Whether two values are containers of the same sort. */
export function areAlike(a: unknown, b: unknown): boolean {
  return isContainer(a) && isContainer(b) && sortOf(a) === sortOf(b)
}

function sortOf(container: Container): unknown {
  return Array.isArray(container) ? Array : container instanceof Map ? Map : container instanceof Set ? Set : Object
}

function equalBytes(a: Bytes, b: Bytes): boolean {
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b) || a.byteLength !== b.byteLength) return false
  const right = asBytes(b)
  return asBytes(a).every((byte, index) => byte === right[index])
}

function asBytes(bytes: Bytes): Uint8Array {
  return ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes)
}
