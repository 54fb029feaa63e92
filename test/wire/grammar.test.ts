/**
 * Holds the wire to its version. What is hashed is what the real encoder writes for the table of examples, so any change
 * of what crosses shows, and none of how the code is written.
 */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { DownFrame, UpFrame } from '../../src/protocol/frames.ts'
import { protocolVersion } from '../../src/protocol/version.ts'
import { downFrames, upFrames } from './support/examples.ts'
import { downFrameText, readDown, readUp, upFrameText } from './support/frames.ts'

/** The grammar of each version there has been. Lines are added, never changed, once a version has been published. */
const grammars: Readonly<Record<number, string>> = {
  1: '474c4e619f200d9c5a3bac7f22fe6a3b',
}

const ups = Object.values<readonly UpFrame[]>(upFrames).flat()
const downs = Object.values<readonly DownFrame[]>(downFrames).flat()

test('the grammar is that of the protocol version', () => {
  const lines = [
    ...ups.map((frame) => `up ${upFrameText(frame)}`),
    ...downs.map((frame) => `down ${downFrameText(frame)}`),
  ]
  const hash = createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 32)
  if (hash !== grammars[protocolVersion]) {
    throw new Error(
      `The wire has changed; its grammar is ${hash} now. If version ${protocolVersion} has been published: raise ` +
        '`protocolVersion` in src/protocol/version.ts, bring PROTOCOL.md up to date, and add the new line to this test',
    )
  }
})

test.each(ups.map((frame) => [frame.type, frame]))('up %s: text to frame to text', (_, frame) => {
  const text = upFrameText(frame)
  expect(upFrameText(readUp(text))).toBe(text)
})

test.each(downs.map((frame) => [frame.type, frame]))('down %s: text to frame to text', (_, frame) => {
  const text = downFrameText(frame)
  expect(downFrameText(readDown(text))).toBe(text)
})
