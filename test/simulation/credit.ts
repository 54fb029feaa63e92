import type { Context } from './context.ts'

/** What a frame says of revisions, without parsing all of it. */
export function sniff(text: string): { channel: number; type: string; first: string; second: string } {
  const [, channel = '0', type = '', first = '', second = ''] = header.exec(text) ?? []
  return { channel: Number(channel), type, first, second }
}

const header = /^\[(\d+),"(\w+)"(?:,("[^"]*"|\d+)(?:,(\d+))?)?/

const framesPerAck = 8
const shortLength = 1024

/** Holds the main process to its credit: a few short frames, and none after one that has asked for an ack. */
export class Credit {
  readonly #context: Context
  readonly #name: string
  /** Of each channel, how many frames have been sent since it asked for an ack. */
  readonly #sent = new Map<number, number>()
  /** Of each channel, the revision whose ack it waits for. */
  readonly #asked = new Map<number, number>()

  constructor(context: Context, name: string) {
    this.#context = context
    this.#name = name
  }

  sending(text: string): void {
    const { channel, type, first, second } = sniff(text)
    if (type !== 's' && type !== 'c') return
    const fail = (what: string): void => this.#context.fail(`${this.#name}: ${what} on channel ${channel}`)
    if (this.#asked.has(channel)) fail('a frame was sent before the one that asks was acknowledged,')
    const sent = this.#sent.get(channel)
    const asks = text.endsWith(',1]')
    if (!asks && sent === undefined) fail('the first frame does not ask for an ack')
    if (!asks && text.length > shortLength) fail('a long frame does not ask for an ack')
    if (!asks && (sent ?? 0) + 1 >= framesPerAck) fail(`the last of ${framesPerAck} frames does not ask for an ack`)
    this.#sent.set(channel, asks ? 0 : (sent ?? 0) + 1)
    if (asks) this.#asked.set(channel, type === 's' ? Number(second) : Number(first) + Number(second))
  }

  received(text: string): void {
    const { channel, type, first } = sniff(text)
    if (type === 'a' && this.#asked.get(channel) === Number(first)) this.#asked.delete(channel)
  }
}
