import { describe, expect, test } from 'vitest'
import { framesUp, newTab, testSource } from '../../test/fixtures/tabs.ts'

describe('listeners', () => {
  test('of 1,000 at() subscribers, one change runs one', async () => {
    const ids = Array.from({ length: 1000 }, (_, index) => `tab ${index}`)
    const byId = new Map(ids.map((id) => [id, newTab(id)]))
    const { source, clock, open } = testSource({ state: { order: ids, byId, theme: 'light' } })
    const { replica } = open()
    await clock.advance(100)
    const runs: string[] = []
    for (const id of ids) replica.at('byId', id).subscribe(() => runs.push(id))
    runs.length = 0
    source.update((draft) => void (draft.byId.get('tab 500')!.title = 'changed'))
    await clock.advance(100)
    expect(runs).toEqual(['tab 500'])
  })

  test('what did not change keeps its identity', async () => {
    const { source, clock, open } = testSource()
    const { replica, link } = open()
    await clock.advance(100)
    const before = replica.get()
    source.update((draft) => void (draft.byId.get('a')!.title = 'changed'))
    await clock.advance(100)
    expect(replica.get()).not.toBe(before)
    expect(replica.get().order).toBe(before.order)
    expect(replica.get().byId.get('b')).toBe(before.byId.get('b'))
    const after = replica.get()
    link.cut()
    link.reopen()
    await clock.advance(100)
    expect(replica.get()).toBe(after)
  })

  test('one that throws stops nobody', async () => {
    const { source, clock, open } = testSource()
    const { replica, link, errors } = open()
    await clock.advance(100)
    const themes: string[] = []
    replica.at('theme').subscribe((theme) => {
      if (theme === 'dark') throw new Error('a broken component')
    })
    replica.at('theme').subscribe((theme) => themes.push(theme))
    source.update((draft) => void (draft.theme = 'dark'))
    await clock.advance(100)
    source.update((draft) => void (draft.theme = 'black'))
    await clock.advance(100)
    expect(themes).toEqual(['light', 'dark', 'black'])
    expect(errors).toMatchObject([{ message: 'a broken component' }])
    expect(framesUp(link, 'hello')).toHaveLength(1)
  })

  test('one that ends another, or subscribes anew, while they are being told', async () => {
    const { source, clock, open } = testSource()
    const { replica } = open()
    await clock.advance(100)
    const calls: string[] = []
    const ends: (() => void)[] = []
    replica.at('theme').subscribe((theme) => {
      calls.push(`first ${theme}`)
      if (theme !== 'dark') return
      ends[0]?.()
      replica.at('theme').subscribe((theme) => calls.push(`new ${theme}`))
    })
    ends.push(replica.at('theme').subscribe((theme) => calls.push(`ended ${theme}`)))
    replica.at('theme').subscribe((theme) => calls.push(`last ${theme}`))
    calls.length = 0
    source.update((draft) => void (draft.theme = 'dark'))
    await clock.advance(100)
    expect(calls).toEqual(['first dark', 'new dark', 'last dark'])
  })

  test('a path that has gone reads undefined, and comes back', async () => {
    const { source, clock, open } = testSource()
    const { replica } = open()
    await clock.advance(100)
    const titles: unknown[] = []
    replica.at('byId', 'a', 'title').subscribe((title) => titles.push(title))
    source.update((draft) => void draft.byId.delete('a'))
    await clock.advance(100)
    source.update((draft) => void draft.byId.set('a', newTab('again')))
    await clock.advance(100)
    expect(titles).toEqual(['first', undefined, 'again'])
  })
})
