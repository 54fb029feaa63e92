import { expect, test } from 'vitest'
import { commitBody, failureBody, refusedBody, upFrameText, withChannel } from './wire.ts'

test('a live frame of a stream costs at most 96 bytes over its text, the acknowledgement included', () => {
  const chunk = 'some "quoted" text\n'
  const path = ['byId', '0123456789', 'metadata', 'response']
  // A stream of 1,000 chunks a second for eleven days, in the twelfth session.
  const from = 999_999_000
  const to = from + 16
  const frame = withChannel(12, commitBody(from, to, [{ kind: 'append', path, chunk }]))
  const ack = upFrameText({ type: 'ack', channel: 12, revision: to })
  expect(frame.length + ack.length - JSON.stringify(chunk).length).toBeLessThanOrEqual(96)
})

test('what an op was made from does not cross', () => {
  const body = commitBody(1, 2, [{ kind: 'set', path: ['a'], value: 'b', previous: 'secret' }])
  expect(body).toBe('"c",1,1,[["s",["a"],"b"]]')
})

test('long messages are cut', () => {
  const error = { code: 'command-failed', message: 'x'.repeat(1_000_000) } as const
  expect(refusedBody(error)).toBe(`"refused","command-failed","${'x'.repeat(1000)}"`)
  expect(failureBody(1, 2, error)).toBe(`"err",1,2,"command-failed","${'x'.repeat(1000)}"`)
})
