/** A message port that counts what is sent through it. */
import type { MessagePort } from 'node:worker_threads'
import { count } from './traffic.ts'

export interface Port {
  postMessage(message: unknown): void
  /** Of other types (Lockstep asks for `exit`, too, which workers have) none ever comes. */
  on(type: string, listener: (message: unknown) => void): void
  start(): void
  close(): void
}

export function countedPort(port: MessagePort): Port {
  return {
    postMessage(message) {
      count(message)
      port.postMessage(message)
    },
    on(type, listener) {
      port.on(type, listener)
    },
    start() {
      port.start()
    },
    close() {
      port.close()
    },
  }
}
