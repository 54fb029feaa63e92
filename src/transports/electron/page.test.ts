import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Clock } from '../../clock.ts'
import type { Connection } from '../../protocol/connection.ts'
import { portConnection } from '../message-port.ts'
import { pageConnection } from './page.ts'

let posted: [message: unknown, targetOrigin: string, ports: MessagePort[]][]
let timers: Map<() => void, number>
const page = { postMessage: (...message: unknown[]) => void posted.push(message as (typeof posted)[number]) } as Window
const clock: Clock = {
  now: () => 0,
  schedule(run, delay) {
    timers.set(run, delay)
    return () => void timers.delete(run)
  },
}
const ends: Connection[] = []
const onClose = vi.fn()

beforeEach(() => {
  onClose.mockReset()
  posted = []
  timers = new Map()
})
afterEach(() => {
  for (const end of ends.splice(0)) end.close()
})

describe('the connection of a page', () => {
  it('hands over a port and carries what the page said before anybody answered', async () => {
    const connection = pageConnection(page, clock, onClose)
    ends.push(connection)
    const events: string[] = []
    connection.subscribe({ open: () => connection.send('early'), message: (text) => events.push(text) })
    expect(posted.map(([message, target]) => [message, target])).toEqual([['lockstep:connect', '*']])
    const main = portConnection(posted[0]![2][0]!)
    main.subscribe({ message: (text) => main.send(`echo ${text}`) })
    await vi.waitFor(() => expect(events).toEqual(['echo early']))
    expect(timers.size).toBe(0)
  })

  it('warns once, 5 s later, if nobody answers, and names the remedies', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    ends.push(pageConnection(page, clock, onClose))
    const [[run, delay]] = [...timers] as [[() => void, number]]
    expect(delay).toBe(5000)
    run()
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/serve\(\).*sessions/)]])
    warn.mockRestore()
  })

  it('neither waits nor warns any more when main closes it', async () => {
    pageConnection(page, clock, onClose)
    portConnection(posted[0]![2][0]!).close()
    await vi.waitFor(() => expect(onClose).toHaveBeenCalledTimes(1))
    expect(timers.size).toBe(0)
  })
})
