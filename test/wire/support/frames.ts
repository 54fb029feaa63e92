import type { DownFrame, UpFrame } from '../../../src/protocol/frames.ts'
import { defaultLimits } from '../../../src/protocol/limits.ts'
import { parseDownFrame, parseUpFrame } from '../../../src/protocol/parse.ts'
import {
  asking,
  commitBody,
  failureBody,
  pongBody,
  refusedBody,
  resultBody,
  snapshotBody,
  upFrameText,
  withChannel,
  type Body,
} from '../../../src/protocol/wire.ts'

export { upFrameText }

/** A down frame as sources write it. */
export function downFrameText(frame: DownFrame): string {
  return withChannel(frame.channel, body(frame))
}

/** Whether a down frame needs no second look. */
export function looksPlain(frame: DownFrame): boolean {
  return !/~":|\\u|__"|"proto|"const/.test(downFrameText(frame))
}

export function readUp(text: string): UpFrame {
  return parseUpFrame(text, defaultLimits)
}

export const readDown: (text: string) => DownFrame = parseDownFrame

const asked = (text: Body, { asks }: { readonly asks: boolean }): Body => (asks ? asking(text) : text)

function body(frame: DownFrame): Body {
  switch (frame.type) {
    case 'snapshot':
      return asked(snapshotBody(frame.epoch, frame.revision, frame.value), frame)
    case 'commit':
      return asked(commitBody(frame.from, frame.to, frame.ops), frame)
    case 'ok':
      return resultBody(frame.id, frame.revision, frame.value)
    case 'err':
      return failureBody(frame.id, frame.revision, frame.error)
    case 'pong':
      return pongBody(frame.id, frame.revision, frame.value)
    case 'refused':
      return refusedBody(frame.error)
  }
}
