import { expect, test, vi } from 'vitest'
import { defineStore } from '../index.ts'
import { fakeClock } from '../testing/clock.ts'
import { linked } from '../testing/linked.ts'
import { createSource } from './index.ts'

const store = defineStore('odd', { state: () => ({ count: 0 }), commands: {} as { go(): void } })

test.each<[string, unknown, string]>([
  ['a text', 'a text', 'a text'],
  [
    'an error whose message is an object',
    Object.assign(new Error('x'), { message: { detail: 'no' } }),
    '[object Object]',
  ],
  ['an error without a message', Object.assign(new Error('x'), { message: undefined }), 'undefined'],
  ['what has no text', Object.create(null), 'The command threw something that has no message'],
  ['what cannot be asked', revoked(), 'The command threw something that has no message'],
])('what a command throws arrives: %s', async (_name, thrown, message) => {
  const clock = fakeClock()
  const source = createSource(store, {
    clock,
    commands: {
      go() {
        throw thrown
      },
    },
  })
  const { replica } = linked(source)
  await expect(clock.until(replica.call.go())).rejects.toMatchObject({ code: 'command-failed', message })
})

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

test('what a command returns is sent as it is then, and goes on being its own', async () => {
  const clock = fakeClock()
  const cache = { list: [1], bytes: Uint8Array.of(1) }
  const definition = defineStore('cache', {
    state: () => ({ count: 0 }),
    commands: {} as { get(): typeof cache; bad(): unknown },
  })
  const warn = vi.spyOn(console, 'warn')
  const source = createSource(definition, { clock, commands: { get: () => cache, bad: () => ({ at: [() => 1] }) } })
  const { replica } = linked(source)
  const got = await clock.until(replica.call.get())
  cache.list.push(2)
  cache.bytes[0] = 2
  source.update((draft) => void draft.count++)
  expect(got).toEqual({ list: [1], bytes: Uint8Array.of(1) })
  expect(warn).not.toHaveBeenCalled()
  await expect(clock.until(replica.call.bad())).rejects.toMatchObject({
    code: 'not-storable',
    message: expect.stringContaining('["(result)", "at", 0]'),
  })
})

test('a result that is a reactive proxy is refused in development', async () => {
  const clock = fakeClock()
  const definition = defineStore('proxy', { state: () => ({}), commands: {} as { get(): unknown } })
  const { replica } = linked(createSource(definition, { clock, commands: { get: () => new Proxy({ a: 1 }, {}) } }))
  await expect(clock.until(replica.call.get())).rejects.toMatchObject({ code: 'not-storable', message: /proxy/ })
})

test('a source needs no options', () => {
  const source = createSource(defineStore('plain', { state: () => ({ count: 0 }) }))
  source.update((draft) => void draft.count++)
  expect(source.get()).toEqual({ count: 1 })
})
