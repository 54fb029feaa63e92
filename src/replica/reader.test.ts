import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { framesUp, testSource, type TestSource, type Window } from '../../test/fixtures/tabs.ts'
import type { Key } from '../document/types.ts'
import type { Reader } from './reader.ts'

const path = ['byId', 'a', 'response'] as const

/** Follows the text, and says what the pieces make together. */
function follow({ replica }: Window) {
  const pieces: [offset: number, piece: string][] = []
  const end = replica.reader(...path).follow((piece, offset) => pieces.push([offset, piece]))
  return {
    pieces,
    end,
    get text(): string {
      let text = ''
      for (const [offset, piece] of pieces) {
        if (offset !== 0) expect(offset).toBe(text.length)
        text = offset === 0 ? piece : text + piece
      }
      return text
    },
  }
}

/** Watches methods of strings until the test ends; returns the length of the longest text that one was called on. */
function longestReceiver(...names: readonly ('charCodeAt' | 'slice')[]): () => number {
  let longest = 0
  for (const name of names) {
    const original = String.prototype[name] as (...args: unknown[]) => never
    const spy = vi.spyOn(String.prototype, name).mockImplementation(function (this: string, ...args: unknown[]) {
      longest = Math.max(longest, this.length)
      return original.apply(this, args)
    })
    onTestFinished(() => spy.mockRestore())
  }
  return () => longest
}

/** A window in which the text is followed, and shown. */
async function mount() {
  const { source, clock, open } = testSource()
  const window = open()
  await clock.advance(100)
  const seen: string[] = []
  window.replica.reader(...path).subscribe((text) => seen.push(text))
  return { source, clock, window, reader: follow(window), seen }
}

async function stream({ source, clock }: TestSource, from: number, to: number): Promise<void> {
  for (let chunk = from; chunk < to; chunk++) {
    source.append(path, `${chunk} `)
    await clock.advance(5)
  }
}

test('more readers than the source heeds get all of their texts, without joining again', async () => {
  const test = testSource({ appendInterval: 500 })
  const { replica, link } = test.open({ limits: { watches: 1 } })
  await test.clock.advance(100)
  const shown = ['a', 'b'].map((id) => {
    const texts: string[] = []
    replica.reader('byId', id, 'response').subscribe((text) => texts.push(text))
    return texts
  })
  for (let chunk = 0; chunk < 100; chunk++) {
    for (const id of ['a', 'b']) test.source.append(['byId', id, 'response'], `${chunk} `)
    await test.clock.advance(10)
  }
  await test.clock.advance(500)
  for (const texts of shown) expect(texts.at(-1)).toBe(test.source.at(...path).get())
  expect(framesUp(link, 'hello')).toHaveLength(1)
})

test('a text is watched once, from its first reader until its last has gone', async () => {
  const test = testSource()
  const { replica, link } = test.open()
  await test.clock.advance(100)
  const said = async (): Promise<number[]> => {
    await test.clock.advance(100)
    return [framesUp(link, 'watch').length, framesUp(link, 'unwatch').length]
  }
  const reader = replica.reader(...path)
  const [first, second] = [reader.subscribe(() => {}), reader.follow(() => {})]
  expect(await said()).toEqual([1, 0])
  first()
  first()
  expect(await said()).toEqual([1, 0])
  second()
  expect(await said()).toEqual([1, 1])
  reader.subscribe(() => {})
  expect(await said()).toEqual([2, 1])
})

test('a long text that grows is not read again, frame by frame', async () => {
  const { source, clock, open } = testSource()
  const window = open()
  await clock.advance(100)
  source.append(path, 'x'.repeat(1_000_000))
  await clock.advance(1000)
  const reader = follow(window)
  const texts: string[] = []
  window.replica.reader(...path).subscribe((text) => texts.push(text))
  await clock.advance(100)
  const longest = longestReceiver('charCodeAt', 'slice')
  for (let frame = 0; frame < 50; frame++) {
    source.append(path, `${frame % 10}`)
    await clock.advance(100)
  }
  expect(longest()).toBeLessThan(10_000)
  expect([texts.length, reader.pieces.length]).toEqual([51, 51])
  expect(reader.pieces.at(-1)).toEqual([1_000_049, '9'])
  expect(texts.at(-1) === source.at(...path).get()).toBe(true)
})

test('a text that is watched while its state is being shown first is watched once', async () => {
  const { clock, open, runs } = testSource()
  const { replica, link, errors } = open()
  const call = replica.call.rename({ id: 'a', title: 'new' })
  let watching = false
  replica.subscribe(({ byId }) => {
    if (watching || !byId.has('a')) return
    watching = true
    replica.reader(...path).subscribe(() => {})
  })
  await clock.advance(100)
  expect(framesUp(link, 'watch')).toHaveLength(1)
  expect(framesUp(link, 'hello')).toHaveLength(1)
  expect(errors).toEqual([])
  await expect(call).resolves.toBe('new')
  expect(runs.rename).toBe(1)
})

describe('follow', () => {
  test('gives every piece once and in order', async () => {
    const test = testSource()
    const window = test.open()
    await test.clock.advance(100)
    const reader = follow(window)
    await stream(test, 0, 100)
    await test.clock.advance(100)
    expect(reader.text).toBe(test.source.at(...path).get())
    expect(reader.pieces.length).toBeGreaterThan(20)
    expect(reader.pieces.filter(([offset]) => offset === 0)).toHaveLength(2)
  })

  test('mounted again, it begins with all that is there', async () => {
    const test = testSource()
    const window = test.open()
    const first = follow(window)
    await stream(test, 0, 50)
    first.end()
    const told = first.pieces.length
    await stream(test, 50, 100)
    const second = follow(window)
    expect(second.pieces).toEqual([[0, window.replica.at(...path).get()]])
    await stream(test, 100, 150)
    await test.clock.advance(100)
    expect(second.text).toBe(test.source.at(...path).get())
    expect(second.text.startsWith(first.text)).toBe(true)
    expect(first.pieces).toHaveLength(told)
  })

  test('goes on where it was after the connection was lost, whatever was on its way', async () => {
    const test = testSource()
    const window = test.open({ latency: 7 })
    await test.clock.advance(100)
    const reader = follow(window)
    for (let cut = 0; cut < 20; cut++) {
      await stream(test, cut * 10, cut * 10 + 5 + (cut % 3))
      window.link.cut()
      await stream(test, cut * 10 + 5 + (cut % 3), cut * 10 + 10)
      window.link.reopen()
    }
    await test.clock.advance(1000)
    expect(reader.text).toBe(test.source.at(...path).get())
    expect(reader.pieces.filter(([offset]) => offset === 0)).toHaveLength(2)
    // Each session was told anew of the reader: what comes now is live.
    test.source.append(path, 'live')
    await test.clock.advance(40)
    expect(reader.text.endsWith('live')).toBe(true)
  })

  test('says so when the text is another, or gone', async () => {
    const { source, clock, open } = testSource()
    const window = open()
    await clock.advance(100)
    const reader = follow(window)
    const steps = [
      () => source.append(path, 'abc'),
      () => source.update((draft) => void (draft.byId.get('a')!.response = 'ab')),
      () => source.update((draft) => void (draft.byId.get('a')!.response = 'abxy')),
      () => source.update((draft) => void (draft.byId.get('a')!.response = 'xy')),
      () => source.update((draft) => void (draft.byId.get('a')!.response = 'another')),
      () => source.update((draft) => void draft.byId.delete('a')),
    ]
    for (const step of steps) {
      step()
      await clock.advance(100)
    }
    expect(reader.pieces).toEqual([
      [0, ''],
      [0, 'abc'],
      [0, 'ab'],
      [2, 'xy'],
      [0, 'xy'],
      [0, 'another'],
      [0, ''],
    ])
  })

  test('never shows half a character', async () => {
    const { source, clock, window, reader, seen } = await mount()
    for (const unit of 'a😀b'.split('')) {
      source.append(path, unit)
      await clock.advance(100)
      expect(window.replica.reader(...path).get()).not.toMatch(/[\ud800-\udbff]$/)
    }
    expect(seen).toEqual(['', 'a', 'a😀', 'a😀b'])
    expect(reader.pieces).toEqual([
      [0, ''],
      [0, 'a'],
      [1, '😀'],
      [3, 'b'],
    ])
  })

  test('shows half a character to nobody who comes in between either', async () => {
    const { source, clock, open } = testSource()
    const window = open()
    await clock.advance(100)
    source.append(path, 'a\ud83d')
    await clock.advance(1000)
    const [mounted, late] = [follow(window), follow(open())]
    await clock.advance(100)
    expect([mounted.text, late.text]).toEqual(['a', 'a'])
    // The other half and the beginning of the next one.
    source.append(path, '\ude00\ud83d')
    await clock.advance(100)
    source.append(path, '\ude01')
    await clock.advance(100)
    const pieces = [
      [0, 'a'],
      [1, '😀'],
      [3, '😁'],
    ]
    expect(mounted.pieces).toEqual(pieces)
    expect(late.pieces.filter(([, piece]) => piece !== '')).toEqual(pieces)
  })

  test('gives half a character that was kept back with what comes next, however long that is', async () => {
    const { source, clock, reader, seen } = await mount()
    for (const piece of ['a', '\ud83d', '\ude00bc\ud83d', '\ude01', '\ud83dd', 'e']) {
      source.append(path, piece)
      await clock.advance(100)
    }
    expect(seen).toEqual(['', 'a', 'a😀bc', 'a😀bc😁', 'a😀bc😁\ud83dd', 'a😀bc😁\ud83dde'])
    expect(reader.pieces).toEqual([
      [0, ''],
      [0, 'a'],
      [1, '😀bc'],
      [5, '😁'],
      [7, '\ud83dd'],
      [9, 'e'],
    ])
  })

  test('gives what is there where there is no text, at the beginning', async () => {
    const { clock, open } = testSource()
    const { replica } = open()
    await clock.advance(100)
    const given: unknown[] = []
    const reader = (replica.reader as unknown as (...path: Key[]) => Reader)('byId')
    reader.follow((piece, offset) => given.push([offset, piece]))
    expect(given).toEqual([[0, replica.at('byId').get()]])
  })

  test('reads nothing where nothing is', async () => {
    const { clock, open } = testSource()
    const { replica } = open()
    await clock.advance(100)
    const seen: unknown[] = []
    const reader = replica.reader('byId', 'z', 'response')
    reader.subscribe((text) => seen.push(text))
    reader.follow((piece) => seen.push(piece))
    expect(seen).toEqual([undefined, ''])
    expect(reader.get()).toBeUndefined()
  })
})
