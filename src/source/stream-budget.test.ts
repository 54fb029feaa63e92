import { beforeAll, describe, expect, test } from 'vitest'
import { framesDown, testSource, type Window } from '../../test/fixtures/tabs.ts'

const path = ['byId', 'a', 'response'] as const
const chunks = 40_000

/** 200 KB in chunks of 5 characters, 1,000 chunks a second; some of the characters are escaped in JSON. */
describe('a long stream', () => {
  const chunk = (index: number): string => `${index % 7 === 0 ? '\n' : ' '}${String(index).padStart(4, '0').slice(-4)}`
  let live: Window
  let background: Window
  let text = ''
  let began = 0

  beforeAll(async () => {
    const { source, clock, open } = testSource()
    live = open()
    background = open()
    live.replica.reader(...path).follow(() => {})
    await clock.advance(1000)
    began = clock.now()
    const writer = source.writer(...path)
    for (let index = 0; index < chunks; index++) {
      writer.append(chunk(index))
      text += chunk(index)
      await clock.advance(1)
    }
    writer.end()
    await clock.advance(1000)
  })

  const streaming = ({ link }: Window) => link.frames.filter(({ at }) => at >= began)
  const down = (window: Window) => streaming(window).filter(({ to }) => to === 'client')

  test('a live reader costs the text as JSON and 96 bytes a frame, acknowledgements included', () => {
    const bytes = streaming(live).reduce((sum, frame) => sum + Buffer.byteLength(frame.text), 0)
    expect(bytes).toBeLessThanOrEqual(JSON.stringify(text).length - 2 + 96 * down(live).length)
  })

  test('a live reader gets at most one frame per 16 ms, and few less', () => {
    const times = down(live).map(({ at }) => at)
    expect(times.length).toBeLessThanOrEqual(chunks / 16 + 2)
    expect(times.length).toBeGreaterThanOrEqual(chunks / 16 - 2)
    for (let from = 0; from < times.length - 2; from++) {
      // The first goes at once and the last at end(); the others keep to the grid.
      if (from > 0) expect(times[from + 1]! - times[from]!).toBeGreaterThanOrEqual(16)
    }
  })

  test('a window without a reader gets at most as many frames as there are half-seconds, and two', () => {
    expect(down(background).length).toBeLessThanOrEqual(chunks / 500 + 2)
  })

  test('each byte crosses once', () => {
    for (const window of [live, background]) {
      const ops = framesDown(window.link, 'commit').flatMap((frame) => frame.ops)
      expect(ops.every(({ kind }) => kind === 'append')).toBe(true)
      expect(ops.map((op) => (op.kind === 'append' ? op.chunk : '')).join('')).toBe(text)
    }
  })

  test('both windows show the text', () => {
    expect(live.replica.at(...path).get()).toBe(text)
    expect(background.replica.at(...path).get()).toBe(text)
  })
})
