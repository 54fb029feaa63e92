import { defineStore } from 'lockstep'
import { createSource } from 'lockstep/source'
import { linked, waitForSync } from 'lockstep/testing'
import { derived } from 'svelte/store'
import { expect, test } from 'vitest'

const store = defineStore('tabs', { state: () => ({ order: [] as string[], byId: new Map<string, string>() }) })

test('a store that is derived from several parts sees commits whole, each once', async () => {
  const source = createSource(store)
  const errors: unknown[] = []
  const { replica } = linked(source, { onError: (error) => errors.push(error) })
  await replica.ready
  const size = replica.select(({ byId }) => byId.size)
  const titles = derived([replica.at('order'), replica.at('byId'), size], ([order, byId, count]) =>
    [count, ...order.map((id) => byId.get(id)!.toUpperCase())].join(' '),
  )
  const seen: string[] = []
  const end = titles.subscribe((value) => seen.push(value))
  source.update((draft) => {
    draft.order.push('a')
    draft.byId.set('a', 'title')
  })
  await waitForSync(replica)
  source.update((draft) => {
    draft.order.pop()
    draft.byId.delete('a')
  })
  await waitForSync(replica)
  // One part alone: the others are not waited for.
  source.update((draft) => void draft.byId.set('b', 'not in order'))
  await waitForSync(replica)
  end()
  expect(seen).toEqual(['0', '1 TITLE', '0', '1'])
  expect(errors).toEqual([])
})
