import { describe, expect, it, vi } from 'vitest'
import type { ConnectionListener } from '../protocol/connection.ts'
import { createChannel } from './channel.ts'

function setUp() {
  const carrier = { send: vi.fn(), start: vi.fn(), close: vi.fn() }
  const events: string[] = []
  const listener = (name: string): ConnectionListener => ({
    open: () => events.push(`${name} open`),
    message: (text) => events.push(`${name} ${text}`),
    close: () => events.push(`${name} close`),
  })
  return { carrier, events, listener, ...createChannel(carrier) }
}

describe('a channel', () => {
  it('drops what is sent while it is not open', () => {
    const { carrier, connection, opened, lost } = setUp()
    connection.send('early')
    opened()
    connection.send('a')
    lost()
    connection.send('late')
    expect(carrier.send.mock.calls).toEqual([['a']])
  })

  it('tells a listener that comes later that it is open, once', () => {
    const { connection, events, listener, opened } = setUp()
    connection.subscribe({ message() {}, open: () => void connection.subscribe(listener('inner')) })
    opened()
    connection.subscribe(listener('later'))
    expect(events).toEqual(['inner open', 'later open'])
  })

  it('opens again after it was lost, and says so each time', () => {
    const { connection, events, listener, opened, lost, received } = setUp()
    connection.subscribe(listener('a'))
    lost()
    opened()
    opened()
    received('1')
    lost()
    received('2')
    opened()
    expect(events).toEqual(['a open', 'a 1', 'a close', 'a open'])
  })

  it('tells every listener but those removed, also while it is telling them', () => {
    const { connection, events, listener, opened, received } = setUp()
    opened()
    let removeB = (): void => {}
    connection.subscribe({ message: () => removeB() })
    removeB = connection.subscribe(listener('b'))
    connection.subscribe(listener('c'))
    received('1')
    expect(events).toEqual(['b open', 'c open', 'c 1'])
  })

  it('starts its carrier at the first listener, after `open`', () => {
    const { carrier, connection, events, listener, opened } = setUp()
    carrier.start.mockImplementation(() => events.push('start'))
    opened()
    expect(carrier.start).not.toHaveBeenCalled()
    connection.subscribe(listener('a'))
    connection.subscribe(listener('b'))
    expect(events).toEqual(['a open', 'start', 'b open'])
  })

  it('is closed once and for good, and says so to whoever comes later', () => {
    const { carrier, connection, events, listener, opened, ended } = setUp()
    opened()
    connection.subscribe(listener('a'))
    connection.close()
    connection.close()
    ended()
    opened()
    connection.send('x')
    connection.subscribe(listener('b'))
    expect(events).toEqual(['a open', 'a close', 'b close'])
    expect(carrier.close).toHaveBeenCalledTimes(1)
    expect(carrier.send).not.toHaveBeenCalled()
  })

  it('does not close a carrier whose other end has ended it', () => {
    const { carrier, connection, events, listener, opened, ended } = setUp()
    opened()
    connection.subscribe(listener('a'))
    ended()
    connection.close()
    expect(events).toEqual(['a open', 'a close'])
    expect(carrier.close).not.toHaveBeenCalled()
  })
})
