import { asUint8Array, isBytes, type Bytes } from '../bytes.ts'
import { className } from '../class-name.ts'
import { isContainer } from './tree.ts'

/** Whether two values without parts are the same, or dates or bytes that say the same. */
export function equalLeaves(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (a instanceof Date) return b instanceof Date && Object.is(a.getTime(), b.getTime())
  return isBytes(a) && isBytes(b) && equalBytes(a, b)
}

/** Whether two values are containers of the same sort. */
export function areAlike(a: unknown, b: unknown): boolean {
  return isContainer(a) && isContainer(b) && className(a) === className(b)
}

function equalBytes(a: Bytes, b: Bytes): boolean {
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b) || a.byteLength !== b.byteLength) return false
  const right = asUint8Array(b)
  return asUint8Array(a).every((byte, index) => byte === right[index])
}
