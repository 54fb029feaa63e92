import { expectTypeOf, test } from 'vitest'
import { defineStore, type Immutable } from '../../src/index.ts'
import { createSource, openSource, type Source } from '../../src/source/index.ts'
import { memoryStorage } from '../../src/storage/index.ts'
import { linked, roundTrip, waitFor } from '../../src/testing/index.ts'

interface Notes {
  title: string
  byId: Map<string, { text: string }>
}

const definition = defineStore('notes', {
  state: (): Notes => ({ title: '', byId: new Map() }),
  commands: {} as { rename(title: string): number },
})
const commands = { rename: (title: string) => title.length }
const source = createSource(definition, { commands })

test('a window has the types of its source, commands included', async () => {
  const { replica } = linked(source)
  expectTypeOf(replica.get()).toEqualTypeOf<Immutable<Notes>>()
  expectTypeOf(replica.call.rename('x')).toEqualTypeOf<Promise<number>>()
  // @ts-expect-error no such command
  void replica.call.nothing()
  // @ts-expect-error the argument is a text
  void replica.call.rename(1)
  const opened = await openSource(definition, { storage: memoryStorage(), commands })
  expectTypeOf(linked(opened).replica.call.rename('x')).toEqualTypeOf<Promise<number>>()
})

test('a source whose commands are not named can be linked, too', () => {
  const plain: Source<Notes> = source
  const { replica } = linked(plain)
  expectTypeOf(replica.get().title).toEqualTypeOf<string>()
  // @ts-expect-error not known
  void replica.call.rename('x')
})

test('waiting knows what it waits for', () => {
  const { replica } = linked(source)
  expectTypeOf(waitFor(replica, ({ title }) => title === '')).toEqualTypeOf<Promise<Immutable<Notes>>>()
  expectTypeOf(waitFor(replica.at('byId', 'a', 'text'), Boolean)).toEqualTypeOf<Promise<string>>()
  // @ts-expect-error there is no such key
  void waitFor(replica, ({ nothing }) => nothing)
})

test('a round trip hands on what was mounted', () => {
  void roundTrip(
    () => ({ text: '', unmount() {} }),
    ({ view, text }) => {
      expectTypeOf(view.text).toEqualTypeOf<string>()
      expectTypeOf(text).toEqualTypeOf<string>()
    },
    { writer: { append() {} } },
  )
  const nothing = () => ({ text: '' })
  // @ts-expect-error nothing to unmount by
  void roundTrip(nothing, () => true, { writer: { append() {} } })
})
