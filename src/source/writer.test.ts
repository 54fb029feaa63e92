import { expect, test } from 'vitest'
import { framesDown, testSource } from '../../test/fixtures/tabs.ts'

const path = ['byId', 'a', 'response'] as const

test('a writer appends, one commit per chunk', () => {
  const { source } = testSource()
  const writer = source.writer(...path)
  writer.append('Hello')
  writer.append('')
  writer.append(', world')
  expect(source.at(...path).get()).toBe('Hello, world')
  expect(source.revision).toBe(2)
})

test('there has to be a text to write to, now and later', () => {
  const { source } = testSource()
  // @ts-expect-error no text
  expect(() => source.writer('order')).toThrow(expect.objectContaining({ code: 'bad-path' }))
  const writer = source.writer(...path)
  source.update((draft) => void draft.byId.delete('a'))
  expect(() => writer.append('x')).toThrow(expect.objectContaining({ code: 'bad-path' }))
})

test('half a surrogate pair is kept back until the other half comes', () => {
  const { source } = testSource()
  const writer = source.writer(...path)
  const seen: string[] = []
  source.at(...path).subscribe((text) => seen.push(text))
  for (const unit of 'a😀b'.split('')) writer.append(unit)
  expect(seen).toEqual(['', 'a', 'a😀', 'a😀b'])
})

test('what was kept back is not lost at the end', () => {
  const { source } = testSource()
  const writer = source.writer(...path)
  writer.append('a\ud83d')
  writer.end()
  expect(source.at(...path).get()).toBe('a\ud83d')
})

test('end() sends at once, once, and closes the writer', async () => {
  const { source, clock, open } = testSource()
  const { replica, link } = open()
  await clock.advance(1000)
  const writer = source.writer(...path)
  writer.append('first')
  await clock.advance(0)
  writer.append('last')
  await clock.advance(0)
  expect(replica.at(...path).get()).not.toBe('firstlast')
  writer.end()
  writer.end()
  await clock.advance(0)
  expect(replica.at(...path).get()).toBe('firstlast')
  const { length } = link.frames
  await clock.advance(10_000)
  expect(link.frames).toHaveLength(length)
  expect(() => writer.append('x')).toThrow(expect.objectContaining({ code: 'closed' }))
})

test('end() with nothing to say sends nothing', async () => {
  const { source, clock, open } = testSource()
  const { link } = open()
  await clock.advance(1000)
  source.writer(...path).end()
  await clock.advance(1000)
  expect(framesDown(link)).toHaveLength(1)
})
