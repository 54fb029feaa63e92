import { describe, expect, test } from 'vitest'
import { framesDown, newTab, tabsStore, testSource, type Tabs } from '../../test/fixtures/tabs.ts'
import { defineStore } from '../definition.ts'
import { SyncError } from '../error.ts'
import { defaultLimits } from '../protocol/limits.ts'
import { protocolVersion } from '../protocol/version.ts'
import { memoryStorage } from '../storage/memory.ts'
import { fakeClock } from '../testing/clock.ts'
import { openSource } from './open.ts'
import { createSource } from './source.ts'

describe('a source', () => {
  test('starts with the state of its definition, or with another', () => {
    const definition = createSource(tabsStore, { commands: {} as never })
    expect(definition.get()).toEqual({ order: [], byId: new Map(), theme: 'light' })
    expect(testSource().source.get().order).toEqual(['a', 'b'])
  })

  test('refuses a state that cannot cross', () => {
    const state = { order: [], byId: new Map(), theme: (() => 'light') as unknown as string }
    expect(() => testSource({ state })).toThrow(expect.objectContaining({ code: 'not-storable', path: ['theme'] }))
  })

  test('refuses a name that is none for a store', async () => {
    const refused = expect.objectContaining({ code: 'setup', message: expect.stringContaining('no name for a store') })
    for (const name of ['', '1', '.a', 'a b', 'a/b', 'ä', 'a'.repeat(65)]) {
      const definition = defineStore(name, { state: () => ({}) })
      expect(() => createSource(definition), name).toThrow(refused)
      await expect(openSource(definition, { storage: memoryStorage() }), name).rejects.toThrow(refused)
    }
    for (const name of ['a', 'Z', 'a1._-', 'a'.repeat(64)])
      expect(createSource(defineStore(name, { state: () => ({}) })).name).toBe(name)
  })

  test('changes by update, and returns what the function returns', () => {
    const { source } = testSource()
    const size = source.update((draft) => {
      draft.byId.set('c', newTab('third'))
      return draft.byId.size
    })
    expect(size).toBe(3)
    expect(source.at('byId', 'c', 'title').get()).toBe('third')
    expect(source.revision).toBe(1)
  })

  test('an update that changes nothing is no commit', () => {
    const { source } = testSource()
    source.update((draft) => {
      draft.theme = 'light'
    })
    source.append(['byId', 'a', 'response'], '')
    source.replace({ ...(source.get() as Tabs) })
    expect(source.revision).toBe(0)
  })

  test('an update that throws has not happened', () => {
    const { source } = testSource()
    const before = source.get()
    const fail = (): void =>
      source.update((draft) => {
        draft.byId.delete('a')
        throw new Error('half-way')
      })
    expect(fail).toThrow('half-way')
    expect(source.get()).toBe(before)
    expect(source.revision).toBe(0)
  })

  test('replace publishes only what differs', async () => {
    const { source, clock, open } = testSource()
    const { link } = open()
    await clock.advance(100)
    source.replace({ ...(source.get() as Tabs), theme: 'dark' })
    await clock.advance(100)
    expect(framesDown(link, 'commit')).toMatchObject([
      { from: 0, to: 1, ops: [{ kind: 'set', path: ['theme'], value: 'dark' }] },
    ])
  })

  test('appends to text, and to nothing else', () => {
    const { source } = testSource()
    source.append(['byId', 'a', 'response'], 'Hello')
    source.append(['byId', 'a', 'response'], ', world')
    expect(source.at('byId', 'a', 'response').get()).toBe('Hello, world')
    const append = (path: readonly string[], chunk: unknown) => () => source.append(path as never, chunk as string)
    expect(append(['order'], 'x')).toThrow(expect.objectContaining({ code: 'bad-path' }))
    expect(append(['byId', 'z', 'response'], 'x')).toThrow(expect.objectContaining({ code: 'bad-path' }))
    expect(append(['theme'], 5)).toThrow(expect.objectContaining({ code: 'not-storable', path: ['theme'] }))
    expect(source.revision).toBe(2)
  })

  test('tells its listeners at once, once per commit, and those only whose value has changed', () => {
    const { source } = testSource()
    const calls: string[] = []
    source.subscribe(() => calls.push('all'))
    source.at('byId', 'a').subscribe(() => calls.push('a'))
    source.at('byId', 'b').subscribe(() => calls.push('b'))
    calls.length = 0
    source.update((draft) => {
      draft.byId.get('a')!.title = 'one'
      draft.byId.get('a')!.status = 'done'
    })
    expect(calls).toEqual(['all', 'a'])
  })

  test('a listener that updates starts the next commit; one that throws stops nobody', () => {
    const errors: unknown[] = []
    const { source } = testSource({ onError: (error) => errors.push(error) })
    const themes: string[] = []
    source.at('theme').subscribe((theme) => {
      if (theme === 'dark') source.update((draft) => void (draft.theme = 'black'))
    })
    source.at('theme').subscribe(() => {
      throw new Error('a broken component')
    })
    source.at('theme').subscribe((theme) => themes.push(theme))
    source.update((draft) => void (draft.theme = 'dark'))
    expect(source.revision).toBe(2)
    expect(themes.at(-1)).toBe('black')
    expect(errors).toHaveLength(2)
  })

  test('closed, it refuses changes, keeps its state and lets its replicas know', async () => {
    const { source, clock, open } = testSource()
    const { replica } = open()
    await clock.advance(10)
    source.close()
    source.close()
    await clock.advance(10)
    expect(() => source.update(() => {})).toThrow(expect.objectContaining({ code: 'closed' }))
    expect(() => source.append(['theme'], 'x')).toThrow(expect.objectContaining({ code: 'closed' }))
    expect(() => source.replace(source.get() as Tabs)).toThrow(expect.objectContaining({ code: 'closed' }))
    expect(source.get().theme).toBe('light')
    expect(replica.status.get()).toBe('refused')
    expect(replica.error).toMatchObject({ code: 'closed' })
    expect(clock.next).toBeUndefined()

    const late = open()
    await clock.advance(10)
    expect(late.replica.error).toMatchObject({ code: 'closed' })
    expect(framesDown(late.link).map(({ type }) => type)).toEqual(['refused'])
  })

  test('closed, it does nothing about what still arrives for a session that it has refused', async () => {
    const { source, clock, runs } = testSource()
    source.close()
    const down: unknown[] = []
    const session = source.accept(
      { type: 'hello', channel: 1, version: protocolVersion, store: 'tabs', known: undefined, replaces: 0 },
      {
        peer: { transport: 'memory', origin: '' },
        limits: defaultLimits,
        send: (body) => void down.push(body),
        refuse: ({ code }) => void down.push(code),
      },
    )
    session.receive({ type: 'ping', channel: 1, id: 1, report: true })
    session.receive({ type: 'call', channel: 1, id: 1, name: 'odd', argument: undefined })
    session.close()
    await clock.advance(1000)
    expect([down, runs.odd]).toEqual([['closed'], 0])
  })

  test('the path of an append is read once, whatever the caller does with it then', async () => {
    const { source, clock, open } = testSource()
    const { replica } = open()
    await clock.advance(100)
    const path: ['byId', string, 'response'] = ['byId', 'a', 'response']
    for (const id of ['a', 'b']) {
      path[1] = id
      source.append(path, `of ${id}`)
    }
    await clock.advance(1000)
    expect(['a', 'b'].map((id) => replica.get().byId.get(id)?.response)).toEqual(['of a', 'of b'])
  })

  test('two lives have two epochs, without anything being configured', () => {
    const epochs = [1, 2].map(() => (createSource(tabsStore, { commands: {} as never }) as { epoch?: string }).epoch)
    expect(new Set(epochs).size).toBe(2)
  })
})

describe('a value that cannot cross', () => {
  const cycle: Record<string, unknown> = {}
  cycle['self'] = cycle
  test.each([
    ['a function', () => {}, []],
    ['a symbol', Symbol('s'), []],
    ['a class instance', new URL('app://chat'), []],
    ['a promise', Promise.resolve(), []],
    ['an error', new Error('e'), []],
    ['a cycle', cycle, ['self']],
    ['something deep inside', { list: [{ ok: true }, { bad: new WeakMap() }] }, ['list', 1, 'bad']],
    ['a reactive proxy', new Proxy({ a: 1 }, {}), []],
  ])('%s throws where it is written, and leaves no trace', async (_, value, below) => {
    const clock = fakeClock()
    const { source, open } = testSource({}, clock)
    const { replica, link } = open()
    await clock.advance(100)
    const [before, frames] = [source.get(), link.frames.length]
    let error: unknown
    try {
      source.update((draft) => {
        draft.order.push('c')
        draft.byId.get('a')!.title = value as unknown as string
      })
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(SyncError)
    expect(error).toMatchObject({ code: 'not-storable', path: ['byId', 'a', 'title', ...below] })
    await clock.advance(10_000)
    expect(source.get()).toBe(before)
    expect(source.revision).toBe(0)
    expect(link.frames).toHaveLength(frames)
    expect(replica.get()).toEqual(before)
  })
})
