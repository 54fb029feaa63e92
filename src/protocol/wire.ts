/** Frames as text. What goes to several sessions alike is encoded once, as a body that only lacks its channel. */
import type { Op } from '../document/types.ts'
import { encode } from './codec.ts'
import type { UpFrame, WireError } from './frames.ts'
import { protocolVersion } from './version.ts'

const maxMessageLength = 1000

/** A down frame without its channel: as text, or, where it is sent once only, as the fields of what is to be encoded. */
export type Body = string | readonly unknown[]

export function withChannel(channel: number, body: Body): string {
  return typeof body === 'string' ? `[${channel},${body}]` : JSON.stringify([channel, ...body])
}

/** To be shared. */
export function textOf(body: Body): string {
  return typeof body === 'string' ? body : JSON.stringify(body).slice(1, -1)
}

/**
 * Of a whole state, putting its text and the rest together afterwards would be one more copy.
 *
 * @param isPlain whether the value is known to be its own encoding.
 */
export function snapshotBody(epoch: string, revision: number, value: unknown, isPlain = false): Body {
  return ['s', epoch, revision, isPlain ? value : encode(value)]
}

export function commitBody(from: number, to: number, ops: readonly Op[]): string {
  return `"c",${from},${to - from},${JSON.stringify(ops.map(encodeOp))}`
}

/** A snapshot or a commit that has to be acknowledged. */
export function asking(body: Body): Body {
  return typeof body === 'string' ? `${body},1` : [...body, 1]
}

export function resultBody(id: number, revision: number, value: unknown): Body {
  return value === undefined ? `"ok",${id},${revision}` : `"ok",${id},${revision},${JSON.stringify(encode(value))}`
}

export function failureBody(id: number, revision: number, error: WireError): Body {
  return `"err",${id},${revision},${errorFields(error)}`
}

export function pongBody(id: number, revision: number, report?: unknown): Body {
  return `"pong",${id},${revision}${report === undefined ? '' : `,${JSON.stringify(report)}`}`
}

export function refusedBody(error: WireError): Body {
  return `"refused",${errorFields(error)}`
}

/** A message may repeat what the peer has sent, and must not become a load in turn. */
function errorFields({ code, message }: WireError): string {
  return `${JSON.stringify(code)},${JSON.stringify(message.slice(0, maxMessageLength))}`
}

export function upFrameText(frame: UpFrame): string {
  return JSON.stringify([frame.channel, ...upFrameFields(frame)])
}

function upFrameFields(frame: UpFrame): readonly unknown[] {
  switch (frame.type) {
    case 'hello': {
      const { version, store, known, replaces } = frame
      return ['hello', version, store, known ? [known.epoch, known.revision] : [], replaces || []].flat()
    }
    case 'ack':
      return ['a', frame.revision]
    case 'watch':
    case 'unwatch':
      return [frame.type[0], encode(frame.path)]
    case 'call':
      return ['call', frame.id, frame.name, ...(frame.argument === undefined ? [] : [encode(frame.argument)])]
    case 'ping':
      return ['ping', frame.id, frame.report ? 'report' : []].flat()
    case 'bye':
      return ['bye']
  }
}

/** @param replaces the channel of the session that ends with this; 0: none */
export function hello(
  channel: number,
  store: string,
  known: (UpFrame & { type: 'hello' })['known'],
  replaces: number,
): UpFrame {
  return { type: 'hello', channel, version: protocolVersion, store, known, replaces }
}

function encodeOp(op: Op): readonly unknown[] {
  const path = encode(op.path)
  switch (op.kind) {
    case 'set':
      return ['s', path, encode(op.value)]
    case 'delete':
      return ['d', path]
    case 'append':
      return ['a', path, op.chunk]
    case 'splice':
      return ['x', path, op.index, op.remove, encode(op.items)]
  }
}
