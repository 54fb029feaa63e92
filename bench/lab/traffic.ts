/** Counts what is sent: always how many messages, and on demand how many bytes (which costs time). */
import { serialize } from 'node:v8'

export const traffic = { messages: 0, bytes: 0, weighing: false }

export function count(message: unknown): void {
  traffic.messages++
  if (traffic.weighing) {
    traffic.bytes += typeof message === 'string' ? Buffer.byteLength(message) : serialize(message).byteLength
  }
}
