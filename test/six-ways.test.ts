/**
 * The six ways in which state in two processes goes wrong (DESIGN §1). Each scenario runs twice over the same link: once
 * with the code that people write at first, which must show the fault (or the scenario would prove nothing), and once
 * with Lockstep.
 */
import { describe, expect, test } from 'vitest'
import { naive } from './fixtures/naive.ts'
import { testSource, type Tab } from './fixtures/tabs.ts'

const path = ['byId', 'a', 'response'] as const
const words = Array.from({ length: 300 }, (_, index) => `word ${index} `)

const bytesDown = ({ frames }: { frames: readonly { to: string; text: string }[] }): number =>
  frames.filter(({ to }) => to === 'client').reduce((sum, { text }) => sum + text.length, 0)

describe('1: main mutates and forgets to notify', () => {
  test('naive: the component is stale, while a direct call returns the right data', async () => {
    const { clock, main, page } = naive()
    page.on('tab', (tab: Tab) => (page.tab = tab))
    main.send('tab', main.tab)
    let answer: Tab | undefined
    page.on('answer', (tab: Tab) => (answer = tab))
    main.on('get', () => main.send('answer', main.tab))
    await clock.advance(10)
    main.tab.title = 'renamed'
    page.send('get', null)
    await clock.advance(1000)
    expect(answer?.title).toBe('renamed')
    expect(page.tab.title).toBe('first')
  })

  test('lockstep: a change is a notification, and there is no other way to change anything', async () => {
    const { clock, source, open } = testSource()
    const { replica } = open()
    await clock.advance(10)
    source.update((draft) => void (draft.byId.get('a')!.title = 'renamed'))
    expect(() => void ((source.get().byId.get('b') as Tab).title = 'in passing')).toThrow(TypeError)
    await clock.advance(1000)
    expect(replica.at('byId', 'a', 'title').get()).toBe('renamed')
    expect(replica.get()).toEqual(source.get())
  })
})

describe('2: the whole object is sent on every change', () => {
  const text = words.join('')

  test('naive: what crosses grows with the square of the text', async () => {
    const { clock, link, main } = naive()
    for (const word of words) {
      main.tab.response += word
      main.send('tab', main.tab)
      await clock.advance(20)
    }
    expect(bytesDown(link)).toBeGreaterThan(100 * text.length)
  })

  test('lockstep: each byte crosses once, also for code that writes the whole text again', async () => {
    for (const plain of [false, true]) {
      const { clock, source, open } = testSource()
      const { replica, link } = open()
      replica.reader(...path).follow(() => {})
      for (const word of words) {
        if (plain) source.update((draft) => void (draft.byId.get('a')!.response += word))
        else source.append(path, word)
        await clock.advance(20)
      }
      expect(replica.at(...path).get()).toBe(text)
      expect(bytesDown(link)).toBeLessThan(text.length + 64 * (words.length + 10))
    }
  })
})

describe('3: updates are throttled without a trailing flush', () => {
  test('naive: the last change never arrives, and with a usual snippet none does', async () => {
    for (const [last, arrives] of [
      [new Map<string, number>([['a', Number.NEGATIVE_INFINITY]]), 'word 0 '],
      [new Map<string, number>(), ''],
    ] as const) {
      const { clock, main, page } = naive()
      page.on('tab', (tab: Tab) => (page.tab = tab))
      for (const word of words.slice(0, 20)) {
        main.tab.response += word
        const now = clock.now()
        if (now - last.get('a')! >= 500) {
          last.set('a', now)
          main.send('tab', main.tab)
        }
        await clock.advance(20)
      }
      await clock.advance(10_000)
      expect(page.tab.response).toBe(arrives)
    }
  })

  test('lockstep: every deadline has a trailing flush', async () => {
    const { clock, source, open } = testSource({ appendInterval: 500 })
    const { replica, link } = open()
    await clock.advance(1000)
    for (const word of words.slice(0, 20)) {
      source.append(path, word)
      await clock.advance(20)
    }
    await clock.advance(10_000)
    expect(replica.at(...path).get()).toBe(words.slice(0, 20).join(''))
    expect(link.frames.filter(({ to }) => to === 'client')).toHaveLength(3)
  })
})

describe('4: a live channel runs beside the store channel', () => {
  const text = words.join('')

  test('naive: after navigating away and back the text has a hole or a repeat, and a missed "done" spins for ever', async () => {
    const { clock, main, page } = naive()
    page.on('tab', (tab: Tab) => (page.tab = tab))
    /** Shows the store's text and adds the live chunks; is done when it hears so. */
    const mount = () => {
      const view = { text: page.tab.response, spins: true, unmount: () => {} }
      const ends = [
        page.on('chunk', (chunk: string) => (view.text += chunk)),
        page.on('done', () => (view.spins = false)),
      ]
      view.unmount = () => ends.forEach((end) => end())
      return view
    }
    const first = mount()
    let second: ReturnType<typeof mount> | undefined
    for (const [index, word] of words.entries()) {
      main.tab.response += word
      main.send('chunk', word)
      if (index % 25 === 0) main.send('tab', main.tab)
      await clock.advance(20)
      if (index === 110) first.unmount()
      if (index === 140) second = mount()
    }
    second?.unmount()
    main.send('done', null)
    await clock.advance(1000)
    const third = mount()
    await clock.advance(10_000)
    expect(second?.text).not.toBe(text)
    expect(text.startsWith(second!.text)).toBe(false)
    expect(third.spins).toBe(true)
  })

  test('lockstep: one log has one order, and "done" is state', async () => {
    const { clock, source, open } = testSource()
    const { replica } = open()
    await clock.advance(100)
    const mount = () => {
      const view = { text: '', spins: true, unmount: () => {} }
      const ends = [
        replica.reader(...path).follow((chunk, offset) => {
          view.text = offset === 0 ? chunk : view.text + chunk
          expect(text.startsWith(view.text)).toBe(true)
        }),
        replica.at('byId', 'a', 'status').subscribe((status) => (view.spins = status === 'streaming')),
      ]
      view.unmount = () => ends.forEach((end) => end())
      return view
    }
    source.update((draft) => void (draft.byId.get('a')!.status = 'streaming'))
    const writer = source.writer(...path)
    const first = mount()
    let second: ReturnType<typeof mount> | undefined
    for (const [index, word] of words.entries()) {
      writer.append(word)
      await clock.advance(20)
      if (index === 110) first.unmount()
      if (index === 140) second = mount()
    }
    await clock.advance(20)
    second?.unmount()
    writer.end()
    source.update((draft) => void (draft.byId.get('a')!.status = 'done'))
    await clock.advance(1000)
    const third = mount()
    expect(second?.text).toBe(text)
    expect(third).toMatchObject({ text, spins: false })
  })
})

describe('5: a window that opens late, reloads, crashes or sleeps has missed what was sent', () => {
  test('naive: nothing tells it so', async () => {
    const { clock, link, main, page } = naive()
    const rename = (title: string): void => {
      main.tab.title = title
      main.send('tab', main.tab)
    }
    rename('before it opened')
    await clock.advance(100)
    page.on('tab', (tab: Tab) => (page.tab = tab))
    await clock.advance(10_000)
    expect(page.tab.title).toBe('')
    rename('seen')
    await clock.advance(100)
    expect(page.tab.title).toBe('seen')
    link.cut()
    rename('while it slept')
    link.reopen()
    await clock.advance(10_000)
    expect(page.tab.title).toBe('seen')
  })

  test('lockstep: whoever joins gets what is missing', async () => {
    const { clock, source, open } = testSource()
    const rename = (title: string): void => source.update((draft) => void (draft.byId.get('a')!.title = title))
    rename('before it opened')
    await clock.advance(100)
    const { replica, link } = open()
    await clock.advance(100)
    expect(replica.at('byId', 'a', 'title').get()).toBe('before it opened')
    link.cut()
    rename('while it slept')
    link.reopen()
    await clock.advance(100)
    expect(replica.at('byId', 'a', 'title').get()).toBe('while it slept')
  })
})

describe('6: tests assert right after the mutation', () => {
  test('naive: before any message has arrived; there is nothing to wait for but time', () => {
    const { main, page } = naive()
    page.on('tab', (tab: Tab) => (page.tab = tab))
    main.tab.title = 'renamed'
    main.send('tab', main.tab)
    expect(page.tab.title).not.toBe('renamed')
  })

  test('lockstep: settled() says when all is there, a call when its effects are', async () => {
    const { clock, source, open } = testSource()
    const { replica } = open({ latency: 25 })
    void clock.advance(10_000)
    source.update((draft) => void (draft.byId.get('a')!.title = 'renamed'))
    await replica.settled()
    expect(replica.at('byId', 'a', 'title').get()).toBe('renamed')
    await replica.call.rename({ id: 'a', title: 'by a call' })
    expect(replica.at('byId', 'a', 'title').get()).toBe('by a call')
  })
})
