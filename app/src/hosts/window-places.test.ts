import { expect, test } from 'vitest'
import { reachable } from './window-places.ts'

const left = { x: 0, y: 0, width: 1440, height: 900 }
const right = { x: 1440, y: 0, width: 1920, height: 1080 }
const window = (x: number, y: number) => ({ x, y, width: 800, height: 600 })

test.each([
  ['in the middle', window(300, 100), true],
  ['on the other display', window(2000, 300), true],
  ['over both', window(1200, 100), true],
  ['mostly beside, with a corner to hold it by', window(-700, 10), true],
  ['beside', window(-790, 10), false],
  ['above, its upper edge out of reach', window(300, -20), false],
  ['below', window(300, 1050), false],
])('a window %s', (_, bounds, expected) => {
  expect(reachable(bounds, [left, right])).toEqual(expected ? bounds : undefined)
})

test('a display that is gone takes its places along', () => {
  expect(reachable(window(2000, 300), [left])).toBeUndefined()
})
