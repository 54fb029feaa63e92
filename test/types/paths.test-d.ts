import { defineStore, type Readable, type TextPath, type ValidPath } from '../../src/index.ts'
import { createReplica, type Reader } from '../../src/replica/index.ts'
import { createSource, type Source } from '../../src/source/index.ts'
import type { Connection } from '../../src/protocol/connection.ts'
import { describe, expectTypeOf, test } from 'vitest'

interface Tab {
  title: string
  tags: Set<string>
  history: { url: string }[]
  metadata?: { model: string }
}
interface Tabs {
  order: string[]
  byId: Map<string, Tab>
  byName: Record<string, Tab>
  active: { tab: Tab } | null
}

const definition = defineStore('tabs', {
  state: (): Tabs => ({ order: [], byId: new Map(), byName: {}, active: null }),
  commands: {} as { open(args: { url: string }): Promise<string>; closeAll(): void },
})
declare const connection: Connection

describe('paths', () => {
  const source = createSource(definition, { commands: { open: ({ url }) => url, closeAll: () => undefined } })

  test('lead to the type of what is there', () => {
    expectTypeOf(source.at('byId', 'a', 'title')).toEqualTypeOf<Readable<string>>()
    expectTypeOf(source.at('byName', 'a', 'history', 0, 'url').get()).toEqualTypeOf<string>()
    expectTypeOf(source.at('byId', 'a', 'tags').get()).toEqualTypeOf<ReadonlySet<string>>()
    expectTypeOf(source.at('order').get()).toEqualTypeOf<readonly string[]>()
  })

  test('a wrong key does not compile', () => {
    // @ts-expect-error no such key
    source.at('nothing')
    // @ts-expect-error no such key, deeper
    source.at('byId', 'a', 'titel')
    // @ts-expect-error an index is a number
    source.at('order', 'first')
    // @ts-expect-error nothing is below a string
    source.at('byId', 'a', 'title', 'length')
  })

  test('the error is at the wrong key, where an editor offers the right ones', () => {
    source.at(
      'byId',
      'a',
      // @ts-expect-error no such key
      'titel',
    )
    expectTypeOf<ValidPath<Tabs, ['byId', 'a', 'titel']>>().toEqualTypeOf<readonly ['byId', 'a', keyof Tab]>()
    expectTypeOf<ValidPath<Tabs, ['nothing', 'a']>>().toEqualTypeOf<readonly [keyof Tabs, 'a']>()
    expectTypeOf<TextPath<Tabs, ['order']>>().toEqualTypeOf<readonly ['order', number]>()
  })

  test('a writer and a reader take the path of a text', () => {
    source.writer('byId', 'a', 'title')
    source.append(['byName', 'a', 'title'], '!')
    source.writer('byId', 'a', 'metadata', 'model')
    // @ts-expect-error an array
    source.writer('order')
    // @ts-expect-error an object
    source.append(['byId', 'a'], '!')
    const replica = createReplica(definition, connection)
    replica.reader('byId', 'a', 'title')
    // @ts-expect-error a Set
    replica.reader('byId', 'a', 'tags')
  })

  test('what reads return is readonly', () => {
    const state = source.get()
    // @ts-expect-error readonly
    state.order = []
    // @ts-expect-error readonly
    state.order.push('a')
    // @ts-expect-error readonly
    state.byId.set('a', undefined)
    // @ts-expect-error readonly, deeper
    state.byName['a']!.history[0]!.url = ''
  })

  test('of arrays and tuples, and of a recursive type', () => {
    type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
    interface Mixed {
      pair: [string, Date]
      rest: [string, ...number[]]
      list: readonly { url: string }[]
      args: Json
    }
    const mixed = createSource(defineStore('mixed', { state: (): Mixed => ({}) as Mixed }))
    const { pair, rest, list, args } = mixed.get()
    expectTypeOf(pair).toEqualTypeOf<readonly [string, Date]>()
    expectTypeOf(rest).toEqualTypeOf<readonly [string, ...number[]]>()
    expectTypeOf(list).toEqualTypeOf<readonly { readonly url: string }[]>()
    if (typeof args === 'object' && args !== null && 'city' in args) {
      // @ts-expect-error readonly
      args['city'] = 'Rome'
    }
    // @ts-expect-error readonly
    list[0]!.url = ''
    mixed.update((draft) => {
      draft.args = { city: ['Rome', { district: null }] }
      draft.pair[0] = ''
      draft.rest.push(1)
      draft.list.push({ url: '' })
      // @ts-expect-error not JSON
      draft.args = new Date()
    })
    const replica = createReplica(defineStore('mixed', { state: (): Mixed => ({}) as Mixed }), connection)
    expectTypeOf(replica.at('pair', 1).get()).toEqualTypeOf<Date>()
    expectTypeOf(replica.at('list', 7, 'url').get()).toEqualTypeOf<string>()
    expectTypeOf(replica.at('args').get()).not.toBeAny()
  })

  test('drafts are not', () => {
    source.update((draft) => {
      draft.order.push('a')
      draft.byId.get('a')!.tags.add('b')
      draft.active = null
    })
  })
})

describe('commands', () => {
  test('may be declared by an interface', () => {
    interface Commands {
      open(args: { url: string }): string
    }
    const replica = createReplica(defineStore('tabs', { state: () => ({}), commands: {} as Commands }), connection)
    expectTypeOf(replica.call.open({ url: '' })).toEqualTypeOf<Promise<string>>()
    // @ts-expect-error a command takes one argument at most
    defineStore('tabs', { state: () => ({}), commands: {} as { move(from: number, to: number): void } })
    // @ts-expect-error nor may a second one be left out: it would not arrive
    defineStore('tabs', { state: () => ({}), commands: {} as { rename(id: string, title?: string): void } })
    // @ts-expect-error nor any number
    defineStore('tabs', { state: () => ({}), commands: {} as { close(...ids: string[]): void } })
    const optional = defineStore('tabs', { state: () => ({}), commands: {} as { close(id?: string): void } })
    expectTypeOf(createReplica(optional, connection).call.close()).toEqualTypeOf<Promise<void>>()
  })

  test('have to be there, and be of their type', () => {
    // @ts-expect-error the commands are missing
    createSource(definition)
    // @ts-expect-error one command is missing
    createSource(definition, { commands: { open: () => '' } })
    // @ts-expect-error the wrong result
    createSource(definition, { commands: { open: () => 1, closeAll: () => undefined } })
    expectTypeOf(createSource(defineStore('plain', { state: () => ({ a: 1 }) }))).toExtend<Source<{ a: number }>>()
  })

  test('are called with their argument and promise their result', () => {
    const replica = createReplica(definition, connection)
    expectTypeOf(replica.call.open({ url: '' })).toEqualTypeOf<Promise<string>>()
    expectTypeOf(replica.call.closeAll()).toEqualTypeOf<Promise<void>>()
    // @ts-expect-error the argument is missing
    void replica.call.open()
    // @ts-expect-error no such command
    void replica.call.nothing()
    expectTypeOf(replica.reader('byId', 'a', 'title')).toEqualTypeOf<Reader>()
  })
})
