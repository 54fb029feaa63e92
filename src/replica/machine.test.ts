import { describe, expect, test } from 'vitest'
import { SyncError } from '../error.ts'
import type { DownFrame } from '../protocol/frames.ts'
import { initialMachine, transition, type Effect, type Event, type Machine } from './machine.ts'

const initial = initialMachine('tabs')
/** The next channel that is free is always 99, but for `open(channel)`. */
const step = (machine: Machine, event: Event & { channel?: number }): readonly [Machine, readonly Effect[]] =>
  transition(machine, event, () => event.channel ?? 99)
const run = (machine: Machine, ...events: Event[]): Machine =>
  events.reduce((before, event) => step(before, event)[0], machine)
const effects = (machine: Machine, event: Event): readonly Effect[] => step(machine, event)[1]
const frame = (frame: DownFrame): Event => ({ type: 'frame', frame })
const snapshot = (revision: number, { epoch = 'e', channel = 1 } = {}): Event =>
  frame({ type: 'snapshot', channel, epoch, revision, value: {}, isPlain: true, asks: true })
const commit = (from: number, to: number, channel = 1, asks = true): Event =>
  frame({ type: 'commit', channel, from, to, ops: [], asks })
const refused = (channel: number, code: 'refused' | 'bad-frame' | 'too-many' | 'closed'): Event =>
  frame({ type: 'refused', channel, error: { code, message: '' } })
const open = (channel = 1): Event & { channel: number } => ({ type: 'open', channel })
const lost: Event = { type: 'lost' }

const live = run(initial, open(), snapshot(5))
const rejoins = { status: 'connecting', channel: 99, known: { epoch: 'e', revision: 5 } }
const shows = (all: readonly Effect[]): boolean => all.some(({ type }) => type === 'install' || type === 'apply')
const frames = (all: readonly Effect[]): unknown[] =>
  all.flatMap((effect) => (effect.type === 'send' ? [effect.frame] : []))
const sent = (all: readonly Effect[]): unknown[] => frames(all).map((frame) => (frame as { type: string }).type)

describe('joining', () => {
  test('asks with nothing, then with what it knows', () => {
    expect(effects(initial, open())).toContainEqual({
      type: 'send',
      frame: expect.objectContaining({ type: 'hello', channel: 1, known: undefined }) as never,
    })
    expect(effects(run(live, lost), open(2))).toContainEqual({
      type: 'send',
      frame: expect.objectContaining({ type: 'hello', channel: 2, known: { epoch: 'e', revision: 5 } }) as never,
    })
  })

  test('shows the snapshot, acknowledges it and goes live', () => {
    expect(live).toMatchObject({ status: 'live', channel: 1, known: { epoch: 'e', revision: 5 } })
    expect(effects(run(initial, open()), snapshot(5)).map(({ type }) => type)).toEqual([
      'install',
      'send',
      'reached',
      'joined',
    ])
  })

  test('acknowledges a commit that asks for it, and no other', () => {
    expect(frames(effects(live, commit(5, 7)))).toEqual([{ type: 'ack', channel: 1, revision: 7 }])
    const [next, all] = step(live, commit(5, 7, 1, false))
    expect([frames(all), next.known?.revision]).toEqual([[], 7])
  })

  test('takes the commit from where it was, even an empty one', () => {
    const rejoining = run(live, lost, open(2))
    for (const to of [5, 6]) {
      expect(run(rejoining, commit(5, to, 2))).toMatchObject({ status: 'live', known: { epoch: 'e', revision: to } })
    }
    expect(shows(effects(rejoining, commit(4, 6, 2)))).toBe(false)
  })

  test('takes a snapshot of another epoch, whatever its revision', () => {
    const rejoined = run(live, lost, open(2), snapshot(1, { epoch: 'f', channel: 2 }))
    expect(rejoined).toMatchObject({ status: 'live', known: { epoch: 'f', revision: 1 } })
    expect(run(live, snapshot(1, { epoch: 'f' })).known).toEqual({ epoch: 'f', revision: 1 })
  })
})

describe('a frame that does not begin where the replica is', () => {
  test.each([
    ['a commit twice', run(live, commit(5, 6)), commit(5, 6)],
    ['an empty commit', live, commit(5, 5)],
    ['a commit too early', live, commit(6, 7)],
    ['a snapshot twice', live, snapshot(5)],
    ['a snapshot of the past', live, snapshot(4)],
    ['a commit before there is a state', run(initial, open()), commit(0, 1)],
  ])('%s: is not shown; it joins again', (_, machine, event) => {
    const [next, all] = step(machine, event)
    expect(shows(all)).toBe(false)
    expect(frames(all)).toMatchObject([{ type: 'hello', channel: 99, known: machine.known, replaces: 1 }])
    expect(next).toMatchObject({ ...rejoins, known: machine.known })
  })

  test('of a channel that was left means nothing', () => {
    for (const event of [commit(5, 6, 7), snapshot(9, { channel: 7 }), refused(7, 'refused')]) {
      expect(step(live, event)).toEqual([live, []])
    }
  })

  test('on channel 0 means nothing, whether there is a session or not', () => {
    for (const machine of [live, run(live, lost)]) {
      for (const event of [commit(5, 6, 0), snapshot(9, { channel: 0 })]) {
        expect(step(machine, event)).toEqual([machine, []])
      }
    }
  })

  test('a later snapshot is shown', () => {
    expect(run(live, snapshot(6)).known).toEqual({ epoch: 'e', revision: 6 })
  })
})

test('a connection that is lost for good is not waited for, unless it opens again nevertheless', () => {
  const error = new SyncError('disconnected', 'The connection has ended')
  const ended: Event = { type: 'lost', error }
  for (const machine of [initial, live]) {
    const [next, all] = step(machine, ended)
    expect(next).toMatchObject({ status: 'refused', channel: 0, error })
    expect(all).toEqual([{ type: 'left' }])
    expect(run(next, open(2))).toMatchObject({ status: 'connecting', error: undefined, channel: 2 })
  }
  expect(run(live, lost)).toMatchObject({ status: 'connecting', error: undefined })
})

describe('a refusal', () => {
  const connecting = run(initial, open())
  test('ends what has not begun, until the connection comes back', () => {
    for (const channel of [0, 1]) {
      const machine = run(connecting, refused(channel, 'refused'))
      expect(machine).toMatchObject({ status: 'refused', error: { code: 'refused' }, channel: 0 })
      expect(run(machine, lost).status).toBe('refused')
      expect(run(machine, open(2))).toMatchObject({ status: 'connecting', error: undefined, channel: 2 })
    }
  })

  test("of frames that were none, on channel 0, is nobody's in particular", () => {
    for (const machine of [connecting, live]) {
      const [next, all] = step(machine, refused(0, 'bad-frame'))
      expect(next).toBe(machine)
      expect(all).toMatchObject([{ type: 'report' }])
    }
  })

  test('of a session that went wrong begins another', () => {
    for (const code of ['bad-frame', 'too-many'] as const) {
      const [next, all] = step(live, refused(1, code))
      expect(next).toMatchObject(rejoins)
      expect(frames(all)).toMatchObject([{ type: 'hello', replaces: 0 }])
      expect(all[0]).toMatchObject({ type: 'report', error: { code } })
    }
    expect(run(connecting, refused(1, 'bad-frame')).status).toBe('connecting')
    expect(run(connecting, refused(1, 'too-many')).status).toBe('refused')
  })

  test('of a live session by a source that closes, ends it', () => {
    expect(run(live, refused(1, 'closed'))).toMatchObject({ status: 'refused', error: { code: 'closed' } })
  })
})

describe('what cannot be applied', () => {
  const error = expect.objectContaining({ code: 'bad-frame' }) as never
  test('is asked for anew, from nothing', () => {
    const [next, all] = step(live, { type: 'diverged', hopeless: false, error })
    expect(next).toMatchObject({ status: 'connecting', channel: 99, known: undefined })
    expect(frames(all)).toMatchObject([{ type: 'hello', known: undefined, replaces: 1 }])
  })

  test('even from nothing, is given up', () => {
    for (const machine of [live, run(initial, open())]) {
      const [next, all] = step(machine, { type: 'diverged', hopeless: true, error })
      expect(next.status).toBe('refused')
      expect(sent(all)).toEqual(['bye'])
    }
  })
})

test('closed, nothing matters any more', () => {
  const closed = run(live, { type: 'close' })
  expect(sent(effects(live, { type: 'close' }))).toEqual(['bye'])
  for (const event of [open(2), lost, snapshot(9), { type: 'close' } as const]) {
    expect(step(closed, event)).toEqual([closed, []])
  }
})
