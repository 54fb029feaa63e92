/** What becomes of a diagnosis while things change, or the source says less; the verdicts are in test/diagnosis.test.ts. */
import { beforeAll, describe, expect, test } from 'vitest'
import { nothingBetween, patiently, wrapped } from '../../test/fixtures/between.ts'
import { tabsStore, testSource } from '../../test/fixtures/tabs.ts'
import { serveConnection } from '../protocol/serve.ts'
import type { Limits } from '../protocol/limits.ts'
import { memoryLink } from '../testing/link.ts'
import { createReplica } from './index.ts'

// Loaded before the clock is told to go on.
beforeAll(() => import('./diagnose.ts'))

function open(limits?: Partial<Limits>, latency = 0) {
  const { source, clock } = testSource()
  const link = memoryLink(clock, { latency })
  const between = nothingBetween()
  serveConnection([source], link.server, { transport: 'memory', origin: '' }, limits, clock)
  const errors: unknown[] = []
  const onError = (error: unknown): void => void errors.push(error)
  const replica = createReplica(tabsStore, wrapped(link.client, between), { clock, onError })
  const set = (theme: string): void => source.update((draft) => void (draft.theme = theme))
  return { source, clock, link, between, replica, errors, set, diagnose: () => patiently(clock, replica.diagnose()) }
}

/** Runs `then` once, when the replica sends what begins like this. */
function whenSent(between: ReturnType<typeof nothingBetween>, start: string, then: () => void): void {
  let done = false
  between.up = (text) => {
    if (!done && text.startsWith(start)) {
      done = true
      then()
    }
    return text
  }
}

describe('a source that says less', () => {
  test.each([
    ['no report', '$1]'],
    ['a report that is none', '$1,7]'],
    ['a report without what it has to have', '$1,{"sent":1}]'],
    ['a report with something else in it', '$1,{"due":"soon",$2]'],
  ])('%s: what is known by revisions is said', async (_, instead) => {
    const { clock, between, diagnose, set } = open()
    await clock.advance(100)
    between.down = (text) => text.replace(/^(\[1,"pong",\d+,\d+),\{(.*)\]$/, instead)
    expect(await diagnose()).toMatchObject({
      verdict: 'in-step',
      source: undefined,
      hops: { mutated: { revision: 0, age: undefined }, applied: { revision: 0 } },
      compared: undefined,
      unanswered: ['report'],
    })
    const down = between.down
    between.down = (text) => (text.startsWith('[1,"c"') ? undefined : down(text))
    set('dark')
    expect(await diagnose()).toMatchObject({ verdict: 'behind', hops: { mutated: { revision: 1 } } })
  })
})

test('how long ago a frame came is told to within a second, and saying hello does not count', async () => {
  const { clock, link, between, set, diagnose } = open()
  await clock.advance(2000)
  set('dark')
  await clock.advance(300)
  // Too soon for the source to ask for another ack.
  set('light')
  await clock.advance(400)
  expect(await diagnose()).toMatchObject({ verdict: 'in-step', hops: { applied: { revision: 2, age: 700 } } })
  link.cut()
  await clock.advance(4000)
  between.down = () => undefined
  link.reopen()
  expect((await diagnose()).hops.applied.age).toBeGreaterThanOrEqual(4700)
})

describe('a connection that comes and goes meanwhile', () => {
  test('a replica that joins in time for the first time is compared', async () => {
    const { replica, clock } = open()
    expect(replica.revision).toBe(-1)
    expect(await patiently(clock, replica.diagnose())).toMatchObject({
      verdict: 'in-step',
      hops: { applied: { revision: undefined, age: undefined } },
      compared: { revision: 0 },
    })
  })

  test('one that joins in time, when the source had more, and meant to wait', async () => {
    const { source, clock } = testSource({ interval: 3000 })
    const link = memoryLink(clock)
    const between = nothingBetween()
    serveConnection([source], link.server, { transport: 'memory', origin: '' }, undefined, clock)
    const replica = createReplica(tabsStore, wrapped(link.client, between), { clock })
    whenSent(between, '[1,"ping"', () => source.update((draft) => void (draft.theme = 'dark')))
    const { sentence } = await patiently(clock, replica.diagnose())
    expect(sentence).toMatch(/^This window showed the state of the definition and the source was at 1, which it was/)
  })

  test('one that joins again in time says that what was shown was old', async () => {
    const { replica, clock, link, set } = open()
    await clock.advance(100)
    link.cut()
    set('dark')
    const diagnosis = replica.diagnose()
    await clock.advance(10)
    link.reopen()
    const { verdict, sentence } = await patiently(clock, diagnosis)
    expect([verdict, sentence]).toMatchInlineSnapshot(`
      [
        "resyncing",
        ""tabs" showed revision 0, from before the connection was lost, and has joined again: it is at revision 1 now",
      ]
    `)
  })

  test('one that waits to be joined again says so', async () => {
    const { clock, link, between, diagnose } = open()
    await clock.advance(100)
    between.up = (text) => (text.includes('"hello"') ? undefined : text)
    link.cut()
    link.reopen()
    const { verdict, sentence } = await diagnose()
    expect([verdict, sentence]).toMatchInlineSnapshot(`
      [
        "resyncing",
        ""tabs" shows revision 0, from before the connection was lost: it has asked to join again and has no answer yet; see that the process that owns the store runs",
      ]
    `)
  })

  test.each(['soon after', 'when'])(
    'a question whose session is lost %s it is asked is asked again',
    async (moment) => {
      const { replica, clock, link, between } = open()
      await clock.advance(100)
      whenSent(between, '[1,"ping"', () => (moment === 'when' ? link.cut() : clock.schedule(() => link.cut(), 0)))
      const diagnosis = replica.diagnose()
      await clock.advance(10)
      link.reopen()
      expect(await patiently(clock, diagnosis)).toMatchObject({ verdict: 'in-step', compared: { revision: 0 } })
    },
  )

  test('also where the replica joins anew on an open connection', async () => {
    const { clock, between, link, diagnose, errors } = open()
    await clock.advance(100)
    whenSent(between, '[1,"ping"', () => link.server.send('[1,"c",0,1,[["d",["a","b"]]]]'))
    expect(await diagnose()).toMatchObject({ verdict: 'in-step', compared: { revision: 0 } })
    expect(errors).toMatchObject([{ code: 'bad-path' }])
  })

  test('a pong that is no frame is no answer', async () => {
    const { clock, between, diagnose, errors } = open()
    await clock.advance(100)
    let spoilt = 0
    between.down = (text) => (text.includes('"pong"') && spoilt++ === 0 ? text.replace('"pong"', '"pong",') : text)
    expect(await diagnose()).toMatchObject({ verdict: 'in-step' })
    expect(errors).toMatchObject([{ code: 'bad-frame' }])
  })

  test('a replica that is closed in between', async () => {
    const { replica, clock, between } = open()
    await clock.advance(100)
    whenSent(between, '[1,"ping"', () => replica.close())
    expect(await patiently(clock, replica.diagnose())).toMatchObject({ verdict: 'refused', status: 'closed' })
  })

  test('the time is up although the session would go on', async () => {
    const { replica, clock } = open()
    await clock.advance(100)
    expect(await patiently(clock, replica.diagnose(0))).toMatchObject({ verdict: 'unanswered', unanswered: ['ping'] })
  })
})

describe('a state that changes meanwhile', () => {
  test('is compared at a revision that both have', async () => {
    const { source, clock, between, diagnose, set } = open({}, 20)
    await clock.advance(100)
    let left = 3
    between.up = (text) => {
      if (text.includes('"ping"') && left-- > 0) set(`theme ${left}`)
      return text
    }
    const { verdict, compared } = await diagnose()
    expect([verdict, compared?.revision]).toEqual(['in-step', source.revision])
  })

  test('and faster than that: behind by what is under way', async () => {
    const { source, clock, diagnose } = open({}, 20)
    await clock.advance(100)
    const change = (): void => {
      // Frames so long that each has to be acknowledged before the next.
      source.update((draft) => void (draft.theme += '.'.repeat(2000)))
      if (source.revision < 1000) clock.schedule(change, 1)
    }
    change()
    const { verdict, sentence } = await diagnose()
    expect(verdict).toBe('behind')
    expect(sentence).toMatch(/^Behind by \d+ revisions?, still under way: /)
  })
})

describe('a state that has diverged', () => {
  async function diverged(limits?: Partial<Limits>) {
    const opened = open(limits)
    const { clock, between, set } = opened
    // Joining counts in another second.
    await clock.advance(1000)
    between.down = (text) => (text.startsWith('[1,"c"') ? text.replace('dark', 'bark') : text)
    set('dark')
    await clock.advance(100)
    return opened
  }

  test('is found although it goes on changing', async () => {
    const { source, clock, between, diagnose } = await diverged()
    const change = (): void => source.update((draft) => void draft.order.push('c'))
    let channel = 2
    between.up = (text) => {
      // When the source has answered the ping that brings this replica up to date, before the other copy is taken.
      if (channel < 5 && text.startsWith(`[${channel},"hello"`)) {
        channel++
        clock.schedule(change, 0)
      }
      return text
    }
    expect(await diagnose()).toMatchObject({ verdict: 'diverged', divergedAt: ['theme'], unanswered: [] })
    expect([channel, source.revision]).toEqual([5, 4])
  })

  test('is found although another copy arrives broken', async () => {
    const { between, diagnose } = await diverged()
    const { down } = between
    between.down = (text) => down(text.startsWith('[2,"s"') ? `${text},` : text)
    expect(await diagnose()).toMatchObject({ verdict: 'diverged', divergedAt: ['theme'] })
  })

  test('where no other copy is to be had, it says so', async () => {
    const { replica, diagnose } = await diverged({ sessions: 1 })
    const { verdict, divergedAt, unanswered, sentence } = await diagnose()
    expect([verdict, divergedAt, unanswered]).toEqual(['diverged', undefined, ['state']])
    expect(replica.status.get()).toBe('live')
    expect(sentence).toMatchInlineSnapshot(
      `"Diverged somewhere (a fresh copy of the state has not shown where): both sides are at revision 1 and hold different values; something between them changes frames, or one side has written past the library; close() and connect again for a fresh copy, and report it if it is the library"`,
    )
  })
})

test('many subscribers are counted, and some are named', async () => {
  const { replica, clock, diagnose } = open()
  await clock.advance(100)
  for (let index = 0; index < 30; index++) replica.at('byId', String(index)).subscribe(() => {})
  const { subscribers } = await diagnose()
  expect([subscribers.count, subscribers.paths.length]).toEqual([30, 20])
})
