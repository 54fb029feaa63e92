import { EventEmitter, once } from 'node:events'
import { MessageChannel as NodeMessageChannel, Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Connection } from '../protocol/connection.ts'
import type { Served } from '../protocol/serve.ts'
import { portConnection, servePort } from './message-port.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

/** What a connection reports, as a list that can be waited for. */
function record(connection: Connection) {
  const events: string[] = []
  const stop = connection.subscribe({
    open: () => events.push('open'),
    message: (text) => events.push(text),
    close: () => events.push('close'),
  })
  const saw = (...expected: string[]) => vi.waitFor(() => expect(events).toEqual(expected))
  return { events, saw, stop }
}

describe.each([
  ['the global MessageChannel', () => new MessageChannel()],
  ['the MessageChannel of node:worker_threads', () => new NodeMessageChannel()],
])('over %s', (_, createPorts) => {
  function connect() {
    const { port1, port2 } = createPorts()
    const a = portConnection(port1)
    const b = portConnection(port2)
    cleanups.push(a.close, b.close)
    return { a, b, port1, port2 }
  }

  it('carries strings both ways, in order', async () => {
    const { a, b } = connect()
    const atA = record(a)
    const atB = record(b)
    a.send('1')
    a.send('2')
    b.send('3')
    await atB.saw('open', '1', '2')
    await atA.saw('open', '3')
  })

  it('keeps what was sent before the other end listens', async () => {
    const { a, b } = connect()
    a.send('early')
    await new Promise(setImmediate)
    await record(b).saw('open', 'early')
  })

  it('ignores what is not a string', async () => {
    const { b, port1 } = connect()
    const atB = record(b)
    for (const odd of [1, null, undefined, ['x'], { frame: 'x' }, new Uint8Array(1)]) port1.postMessage(odd)
    port1.postMessage('x')
    await atB.saw('open', 'x')
  })

  it('tells both ends that one has closed it, after all that was sent before', async () => {
    const { a, b } = connect()
    const atA = record(a)
    const atB = record(b)
    a.send('last')
    a.close()
    await atB.saw('open', 'last', 'close')
    await atA.saw('open', 'close')
    b.send('into nowhere')
    b.close()
  })

  it('is closed by the empty text alone, as from a port that has no close event', async () => {
    const { b, port1 } = connect()
    const atB = record(b)
    port1.postMessage('')
    await atB.saw('open', 'close')
  })

  it('is closed by the port itself where that has an event', async () => {
    const { b, port1 } = connect()
    const atB = record(b)
    port1.close()
    await atB.saw('open', 'close')
  })
})

describe('over a worker thread', () => {
  const source = `
    const { parentPort } = require('node:worker_threads')
    parentPort.on('message', (text) => {
      if (text === 'exit') process.exit()
      parentPort.postMessage(text === '' ? 'told' : 'echo ' + text)
    })`

  function connect() {
    const worker = new Worker(source, { eval: true })
    cleanups.push(() => worker.terminate())
    return { worker, connection: portConnection(worker) }
  }

  it('carries strings', async () => {
    const { connection } = connect()
    const seen = record(connection)
    connection.send('hello')
    await seen.saw('open', 'echo hello')
  })

  it('is lost when the thread exits', async () => {
    const { connection } = connect()
    const seen = record(connection)
    connection.send('exit')
    await seen.saw('open', 'close')
  })

  it('tells the thread that it is closed, and leaves it running', async () => {
    const { worker, connection } = connect()
    const seen = record(connection)
    connection.close()
    await seen.saw('open', 'close')
    expect(await once(worker, 'message')).toEqual(['told'])
  })
})

describe('over what is like a port', () => {
  it("takes the data of an Electron port's messages", () => {
    const port = Object.assign(new EventEmitter(), { postMessage: vi.fn(), start: vi.fn(), close: vi.fn() })
    const seen = record(portConnection(port))
    port.emit('message', { data: 'frame', ports: [] })
    port.emit('close')
    expect(seen.events).toEqual(['open', 'frame', 'close'])
    expect(port.start).toHaveBeenCalledTimes(1)
    expect(port.postMessage).not.toHaveBeenCalled()
  })

  it("does not end a worker by closing the connection over the worker's global scope", () => {
    const scope = Object.assign(new EventTarget(), { postMessage: vi.fn(), close: vi.fn() })
    portConnection(scope).close()
    expect(scope.postMessage.mock.calls).toEqual([['']])
    expect(scope.close).not.toHaveBeenCalled()
  })
})

describe('what is sent together', () => {
  function connect() {
    const port = Object.assign(new EventEmitter(), { postMessage: vi.fn<(message: string) => void>(), close: vi.fn() })
    const connection = portConnection(port)
    const posted = () => port.postMessage.mock.calls.map(([message]) => message)
    return { port, connection, seen: record(connection), posted }
  }

  it('goes in one message behind the first, which goes at once', async () => {
    const { connection, posted } = connect()
    connection.send('1')
    connection.send('2')
    connection.send('3')
    expect(posted()).toEqual(['1'])
    await Promise.resolve()
    connection.send('4')
    expect(posted()).toEqual(['1', '2\x1e3', '4'])
    await Promise.resolve()
    expect(posted()).toHaveLength(3)
  })

  it('does not wait where it is long or many', async () => {
    const { connection, posted } = connect()
    const long = 'x'.repeat(5_001)
    for (const text of ['1', '2', long]) connection.send(text)
    expect(posted()).toEqual(['1', `2\x1e${long}`])
    const many = Array.from({ length: 5_001 }, (_, index) => `${index}`)
    for (const text of many) connection.send(text)
    await Promise.resolve()
    expect(posted().slice(2)).toEqual([many.slice(0, 5_000).join('\x1e'), '5000'])
  })

  it('includes the closing, after which nothing is posted', async () => {
    const { connection, posted } = connect()
    for (const text of ['first', 'last']) connection.send(text)
    connection.close()
    expect(posted()).toEqual(['first', 'last\x1e'])
    connection.send('into nowhere')
    connection.close()
    await Promise.resolve()
    expect(posted()).toHaveLength(2)
  })

  it('is not lost where a port delivers before it returns', async () => {
    const { port, connection, posted } = connect()
    port.postMessage.mockImplementation((message) => {
      if (message === 'question' || message === 'answer') connection.send('answer'.repeat(message.length > 6 ? 1 : 2))
    })
    connection.send('question')
    await Promise.resolve()
    expect(posted()).toEqual(['question', 'answer', 'answeranswer'])
  })

  it('ends the connection where the port throws, of which nobody else would hear', async () => {
    const { port, connection, seen } = connect()
    port.postMessage
      .mockImplementationOnce(() => undefined)
      .mockImplementation(() => {
        throw new Error('disconnected')
      })
    connection.send('1')
    connection.send('2')
    expect(seen.events).toEqual(['open'])
    await seen.saw('open', 'close')
    const other = connect()
    other.port.postMessage.mockImplementation(() => {
      throw new Error('disconnected')
    })
    expect(() => other.connection.send('1')).toThrow('disconnected')
  })

  it('arrives one by one, up to where the connection is closed by either end', () => {
    const { port, seen } = connect()
    port.emit('message', '1\x1e2\x1e\x1e3')
    expect(seen.events).toEqual(['open', '1', '2', 'close'])
    const other = connect()
    other.connection.subscribe({
      message: (text) => {
        if (text === '1') other.connection.close()
      },
    })
    other.port.emit('message', '1\x1e2')
    expect(other.seen.events).toEqual(['open', '1', 'close'])
  })

  it('is looked at as far as an honest sender goes', () => {
    const { port, seen } = connect()
    port.emit('message', 'x\x1e'.repeat(1_000_000))
    expect(seen.events).toHaveLength(5_001)
  })
})

describe('servePort', () => {
  function serve(...parameters: [] | [{ transport: string; origin: string }]) {
    const { port1, port2 } = new MessageChannel()
    const session = { receive: vi.fn(), close: vi.fn() }
    const accept = vi.fn<Served['accept']>(() => session)
    const stop = servePort([{ name: 'notes', accept }], port1, ...parameters)
    const connection = portConnection(port2)
    cleanups.push(stop, connection.close)
    return { accept, session, stop, connection, seen: record(connection) }
  }

  it('lets the other end join the sources', async () => {
    const { accept, connection } = serve()
    connection.send('[1,"hello",1,"notes"]')
    await vi.waitFor(() => expect(accept).toHaveBeenCalled())
    expect(accept.mock.calls[0]![1].peer).toEqual({ transport: 'message-port', origin: '' })
  })

  it('tells the sources who it is, as it was told', async () => {
    const peer = { transport: 'iframe', origin: 'https://app.test' }
    const { accept, connection } = serve(peer)
    connection.send('[1,"hello",1,"notes"]')
    await vi.waitFor(() => expect(accept.mock.calls[0]![1].peer).toBe(peer))
  })

  it('answers text that is no frame by a refusal', async () => {
    const { accept, connection, seen } = serve()
    connection.send('{"forged":true}')
    await vi.waitFor(() => expect(seen.events).toEqual(['open', expect.stringContaining('[0,"refused","bad-frame",')]))
    expect(accept).not.toHaveBeenCalled()
  })

  it('ends the sessions and closes the port when it is stopped', async () => {
    const { accept, session, stop, connection, seen } = serve()
    connection.send('[1,"hello",1,"notes"]')
    await vi.waitFor(() => expect(accept).toHaveBeenCalled())
    stop()
    expect(session.close).toHaveBeenCalledTimes(1)
    await seen.saw('open', 'close')
  })

  it('ends the sessions when the other end closes', async () => {
    const { accept, session, connection } = serve()
    connection.send('[1,"hello",1,"notes"]')
    await vi.waitFor(() => expect(accept).toHaveBeenCalled())
    connection.close()
    await vi.waitFor(() => expect(session.close).toHaveBeenCalledTimes(1))
  })
})
