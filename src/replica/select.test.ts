import { expect, test } from 'vitest'
import { testSource } from '../../test/fixtures/tabs.ts'

test('a selection is told again only when it is another', async () => {
  const { source, clock, open } = testSource()
  const { replica } = open()
  await clock.advance(100)
  const sizes: number[] = []
  const end = replica.select(({ byId }) => byId.size).subscribe((size) => sizes.push(size))
  source.update((draft) => void (draft.theme = 'dark'))
  await clock.advance(100)
  source.update((draft) => void draft.byId.delete('a'))
  await clock.advance(100)
  end()
  source.update((draft) => void draft.byId.delete('b'))
  await clock.advance(100)
  expect(sizes).toEqual([2, 1])
})

test('with an equality of its own, what is equal keeps its identity', async () => {
  const { source, clock, open } = testSource()
  const { replica } = open()
  await clock.advance(100)
  const sameText = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
  const titles = replica.select(({ byId }) => [...byId.values()].map(({ title }) => title), sameText)
  const seen: unknown[] = []
  titles.subscribe((value) => seen.push(value))
  const before = titles.get()
  source.append(['byId', 'a', 'response'], 'x')
  await clock.advance(1000)
  expect(titles.get()).toBe(before)
  source.update((draft) => void (draft.byId.get('a')!.title = 'new'))
  await clock.advance(100)
  expect(seen).toEqual([
    ['first', 'second'],
    ['new', 'second'],
  ])
})

test('the function runs once per state, however many read', async () => {
  const { clock, open } = testSource()
  const { replica } = open()
  await clock.advance(100)
  let runs = 0
  const theme = replica.select((state) => {
    runs++
    return state.theme
  })
  theme.subscribe(() => {})
  theme.subscribe(() => {})
  theme.get()
  expect(runs).toBe(1)
})
