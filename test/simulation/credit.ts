import type { Context } from './context.ts'

/** What a frame says of revisions, without parsing all of it. */
export function sniff(text: string): { channel: number; type: string; first: string; second: string } {
  const [, channel = '0', type = '', first = '', second = ''] = header.exec(text) ?? []
  return { channel: Number(channel), type, first, second }
}

const header = /^\[(\d+),"(\w+)"(?:,("[^"]*"|\d+)(?:,(\d+))?)?/

/** Holds the main process to its credit: no frame with state before the one before has been acknowledged. */
export class Credit {
  readonly #context: Context
  readonly #name: string
  readonly #unacknowledged = new Map<number, number>()

  constructor(context: Context, name: string) {
    this.#context = context
    this.#name = name
  }

  sending(text: string): void {
    const { channel, type, first, second } = sniff(text)
    if (type !== 's' && type !== 'c') return
    if (this.#unacknowledged.has(channel)) {
      this.#context.fail(`${this.#name}: a second frame on channel ${channel} before the first was acknowledged`)
    }
    this.#unacknowledged.set(channel, type === 's' ? Number(second) : Number(first) + Number(second))
  }

  received(text: string): void {
    const { channel, type, first } = sniff(text)
    if (type === 'a' && this.#unacknowledged.get(channel) === Number(first)) this.#unacknowledged.delete(channel)
  }
}
