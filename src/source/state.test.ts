import { expect, onTestFinished, test, vi } from 'vitest'
import { Document } from '../document/document.ts'
import type { Op } from '../document/types.ts'
import { commitBody, snapshotBody, textOf } from '../protocol/wire.ts'
import { fakeClock } from '../testing/clock.ts'
import { SourceState } from './state.ts'

/** A state to whose text two pieces have been added that nobody has looked for yet. */
function gathering(more: object = {}) {
  const clock = fakeClock()
  const published: (readonly Op[])[] = []
  const followers = {
    revisionsInUse: () => [],
    published: (ops: readonly Op[]) => void published.push(ops),
    streamsChanged() {},
  }
  const state = new SourceState('s', { text: '', n: 0, ...more }, 100, clock, followers, () => undefined)
  const writer = state.streams.open(['text'])
  writer.append('a')
  clock.advanceSync(5)
  writer.append('b')
  return { state, writer, published, clock }
}

const append: Op = { kind: 'append', path: ['text'], chunk: 'ab' }

test.each<[string, (state: SourceState) => unknown, unknown]>([
  ['the revision', (state) => state.revision, 2],
  ['when the last commit was', (state) => state.committedAt, 0],
  ['a part', (state) => state.get(['text']), 'ab'],
  ['a copy', (state) => state.copy(), { text: 'ab', n: 0 }],
  ['the ops', (state) => state.since(0), [append]],
  ['the frame', (state) => state.bodySince(0, 'e'), commitBody(0, 2, [append])],
  ['an update', (state) => state.update((draft) => (draft as { text: string }).text), 'ab'],
  ['an append', (state) => (state.append(['text'], 'c'), state.since(0)), [{ ...append, chunk: 'abc' }]],
  ['a state that is put in its place', (state) => (state.replace({ text: 'c', n: 0 }), state.get([])), { text: 'c', n: 0 }],
])('what is gathered is in %s, whatever is looked at first', (_name, look, expected) => {
  const { state } = gathering()
  expect(look(state)).toEqual(expected)
  expect(state.revision).toBeGreaterThanOrEqual(2)
}) // prettier-ignore

test('the last commit is that of the stream that was begun last, whichever is settled last', () => {
  const { state, writer, clock } = gathering({ other: '' })
  state.streams.open(['other']).append('a')
  clock.advanceSync(5)
  writer.append('c')
  expect(state.committedAt).toBe(5)
})

test('what is gathered is told to a listener as what is there', () => {
  const { state, writer } = gathering()
  const told: unknown[] = []
  state.subscribe(['text'], (text) => told.push(text))
  writer.append('c')
  expect(told).toEqual(['ab', 'abc'])
})

test('what has come into a state since it was sent last is sent as it is', () => {
  const { state } = gathering()
  const whole = (): string => textOf(state.bodySince(undefined, 'e'))
  expect(whole()).toBe(textOf(snapshotBody('e', 2, { text: 'ab', n: 0 })))
  state.update((draft) => ((draft as { n: unknown }).n = new Map([[1, Number.NaN]])))
  expect(whole()).toBe(textOf(snapshotBody('e', 3, { text: 'ab', n: new Map([[1, Number.NaN]]) })))
})

test('the hash is of what is gathered, too, and of each revision', () => {
  const { state, writer } = gathering()
  const read = vi.spyOn(Document.prototype, 'live', 'get')
  onTestFinished(() => read.mockRestore())
  const hashes = [state.hash(), state.hash()]
  expect(hashes[0]).toBe(hashes[1])
  // However many ask, once.
  expect(read).toHaveBeenCalledTimes(1)
  writer.append('c')
  expect(state.hash()).not.toBe(hashes[0])
})

test('once it is closed, nothing is changed or gathered', () => {
  const { state, writer, published } = gathering()
  state.close()
  for (const change of [
    () => state.update((draft) => ((draft as { n: number }).n = 1)),
    () => state.replace({ text: '', n: 1 }),
    () => state.append(['text'], 'c'),
    () => writer.append('c'),
  ]) expect(change).toThrow('was closed') // prettier-ignore
  expect(state.get([])).toEqual({ text: 'ab', n: 0 })
  expect(published).toEqual([[{ ...append, chunk: 'a' }]])
})
