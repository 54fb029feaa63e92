import { expect, test } from 'vitest'
import { defineStore } from '../index.ts'
import { fakeClock } from '../testing/clock.ts'
import { linked } from '../testing/linked.ts'
import { createSource } from './index.ts'

const store = defineStore('odd', { state: () => ({ count: 0 }), commands: {} as { go(): void } })

test('what a command throws arrives, even if it is no error', async () => {
  const clock = fakeClock()
  const source = createSource(store, {
    clock,
    commands: {
      go() {
        // oxlint-disable-next-line typescript/only-throw-error -- what others write may
        throw 'a text'
      },
    },
  })
  const { replica } = linked(source)
  const call = replica.call.go()
  void clock.advance(100)
  await expect(call).rejects.toMatchObject({ code: 'command-failed', message: 'a text' })
})

test('a source needs no options', () => {
  const source = createSource(defineStore('plain', { state: () => ({ count: 0 }) }))
  source.update((draft) => void draft.count++)
  expect(source.get()).toEqual({ count: 1 })
})
