import { beforeEach, afterEach, expect, test, vi, type MockInstance } from 'vitest'
import { open } from './test-support/document.ts'

interface State {
  count: number
  bytes: Uint8Array
  list: unknown[]
}

const bytes = (...numbers: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(numbers)
let warn: MockInstance<typeof console.warn>
beforeEach(() => {
  warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
})
afterEach(() => {
  warn.mockRestore()
})

function document() {
  const opened = open({ count: 0, bytes: bytes(1, 2), list: [] })
  return { opened, update: (fn: (draft: State) => void) => opened.update((draft) => fn(draft as State)) }
}
const next = (draft: State): void => void draft.count++
const warnings = (): Error[] => warn.mock.calls.map(([error]) => error as Error)

function giveThem(given: Uint8Array, update: ReturnType<typeof document>['update']): void {
  update((draft) => void draft.list.push({ given }))
}

test('written to after they were given: a warning, once, that says what, where and by whom', () => {
  const { update } = document()
  const given = bytes(7)
  giveThem(given, update)
  given[0] = 8
  expect(warnings()).toEqual([])
  update(next)
  update(next)
  expect(warnings()).toMatchObject([{ name: 'SyncError', code: 'read-only', path: ['list', 0, 'given'] }])
  expect(warnings()[0]?.message).toMatch(/^Bytes that were given to a store have been written to since/)
  expect(warnings()[0]?.stack).toContain('giveThem')
})

function readThem(opened: ReturnType<typeof document>['opened']): Uint8Array {
  return (opened.get([]) as State).bytes
}

test('written to after they were read', () => {
  const { opened, update } = document()
  const read = readThem(opened)
  read[1] = 9
  update(next)
  expect(warnings()).toMatchObject([{ code: 'read-only', path: undefined }])
  expect(warnings()[0]?.message).toMatch(/^Bytes that were read from a store have been written to since/)
  expect(warnings()[0]?.stack).toContain('readThem')
})

test('also in an update that throws', () => {
  const { opened, update } = document()
  readThem(opened)[1] = 9
  expect(() =>
    update(() => {
      throw new Error('x')
    }),
  ).toThrow('x')
  expect(warnings()).toHaveLength(1)
})

test.each<[string, (test: ReturnType<typeof document>) => void]>([
  ['through the draft', ({ update }) => update((draft) => void (draft.bytes[0] = 9))],
  [
    'and given again, as a buffer that is used again',
    ({ update }) => {
      const buffer = bytes(1)
      for (const value of [2, 3]) {
        buffer[0] = value
        update((draft) => void (draft.bytes = buffer))
      }
    },
  ],
  ['not at all', ({ opened }) => void readThem(opened)],
  ['and transferred away', ({ opened }) => structuredClone(0, { transfer: [readThem(opened).buffer as ArrayBuffer] })],
  [
    'and too many to look at each time',
    ({ update }) => {
      const large = new Uint8Array(100_000)
      update((draft) => void (draft.bytes = large))
      large[0] = 1
    },
  ],
  [
    'long ago',
    ({ update }) => {
      const given = bytes(1)
      update((draft) => void (draft.bytes = given))
      update((draft) => void draft.list.push(...Array.from({ length: 40 }, () => bytes(2))))
      given[0] = 9
    },
  ],
])('no warning for what was written %s', (_, act) => {
  const test = document()
  act(test)
  test.update(next)
  expect(warnings()).toEqual([])
})
