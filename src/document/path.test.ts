import { expect, test } from 'vitest'
import { pathKey } from './path.ts'
import type { Path } from './types.ts'

test('different paths have different keys, equal ones the same', () => {
  const paths: Path[] = [
    [], [''], ['', ''], ['a'], ['a', 'b'], ['ab'], ['1:a'], ['a1:b'], [1], ['1'], [1n], [1, 2], [12], ['number:1;'],
    [true], ['true'], [null], ['null'], [undefined], [NaN], ['a;'], [';', 'a'],
  ] // prettier-ignore
  expect(new Set(paths.map(pathKey)).size).toBe(paths.length)
  expect(pathKey(['a', 1])).toBe(pathKey(['a', 1]))
})
