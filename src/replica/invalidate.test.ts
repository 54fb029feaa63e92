import { describe, expect, test } from 'vitest'
import { newTab, testSource } from '../../test/fixtures/tabs.ts'
import type { Readable } from '../document/types.ts'

/** What Svelte's `derived` builds upon: all of a change is announced before any of it is told. */

function note(log: string[], name: string, readable: Readable<unknown>): () => void {
  const told = (what: string) => (): void => void log.push(`${name} ${what}`)
  const end = readable.subscribe(told('told'), told('announced'))
  log.length = 0
  return end
}

describe.each(['replica', 'source'] as const)('in a %s', (side) => {
  test('all that a commit changes is announced before any of it is told, and nothing else', async () => {
    const { source, clock, open } = testSource()
    const readable = side === 'source' ? source : open().replica
    await clock.advance(100)
    const log: string[] = []
    note(log, 'a', readable.at('byId', 'a', 'title'))
    note(log, 'tabs', readable.at('byId'))
    note(log, 'b', readable.at('byId', 'b'))
    const end = note(log, 'ended', readable.at('byId'))
    end()
    source.update((draft) => {
      draft.byId.get('a')!.title = 'Another'
      draft.byId.get('b')!.title = draft.byId.get('b')!.title.slice()
    })
    await clock.advance(100)
    expect(log.toSorted()).toEqual(['a announced', 'a told', 'tabs announced', 'tabs told'])
    expect(log.slice(0, 2).toSorted()).toEqual(['a announced', 'tabs announced'])
  })
})

test('a selection is announced only when it will be told', async () => {
  const { source, clock, open } = testSource()
  const { replica } = open()
  await clock.advance(100)
  const log: string[] = []
  note(
    log,
    'size',
    replica.select(({ byId }) => byId.size),
  )
  note(log, 'order', replica.at('byId', 'a', 'title'))
  source.update((draft) => void (draft.byId.get('a')!.title = 'Another'))
  await clock.advance(100)
  expect(log.splice(0)).toEqual(['order announced', 'order told'])
  source.update((draft) => void draft.byId.set('c', newTab('c')))
  await clock.advance(100)
  expect(log).toEqual(['size announced', 'size told'])
})

test('what was announced is told, even if a listener has taken the change back meanwhile', () => {
  const { source } = testSource()
  const title = source.get().byId.get('a')!.title
  const log: unknown[] = []
  source.at('byId').subscribe(() => {
    source.update((draft) => void (draft.byId.get('a')!.title = title))
  })
  source.at('byId', 'a', 'title').subscribe(
    (value) => log.push(value),
    () => log.push('announced'),
  )
  log.length = 0
  source.update((draft) => void (draft.byId.get('a')!.title = 'Another'))
  expect(log).toEqual(['announced', 'announced', title])
})

test('what a listener changes is announced, too, before any of it is told', () => {
  const { source } = testSource()
  const log: string[] = []
  let changed = false
  source.at('theme').subscribe(() => {
    if (!changed) return
    changed = false
    source.update((draft) => {
      draft.order.push('c')
      draft.byId.set('c', newTab('c'))
    })
  })
  note(log, 'order', source.at('order'))
  note(log, 'byId', source.at('byId'))
  log.length = 0
  changed = true
  source.update((draft) => {
    draft.theme = 'dark'
    draft.order.push('d')
  })
  const firstTold = log.findIndex((line) => line.endsWith('told'))
  expect(log.slice(0, firstTold)).toContain('byId announced')
  expect(log.slice(0, firstTold)).toContain('order announced')
  expect(log.filter((line) => line === 'byId told')).toHaveLength(1)
})

test('an announcement that throws is reported, and the value is told', async () => {
  const errors: unknown[] = []
  const { source, clock, open } = testSource()
  const { replica } = open({ onError: (error: unknown) => errors.push(error) })
  await clock.advance(100)
  const told: unknown[] = []
  replica.at('byId', 'a', 'title').subscribe(
    (value) => told.push(value),
    () => {
      throw new Error('no')
    },
  )
  source.update((draft) => void (draft.byId.get('a')!.title = 'Another'))
  await clock.advance(100)
  expect(errors).toEqual([new Error('no')])
  expect(told.at(-1)).toBe('Another')
})
