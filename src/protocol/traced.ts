/** What crosses a connection, a line for each frame. Of the state and of arguments nothing is shown, only how long they are. */
import { systemClock, type Clock } from '../clock.ts'
import type { Connection, Peer } from './connection.ts'

/**
 * What the short types mean, which way they go, and what is shown of each. Names may come from a hostile peer, and are only
 * shown if they cannot do anything to a terminal or pretend to be other lines.
 */
const kinds: Readonly<Record<string, readonly [name: string, direction: '<' | '>', details: RegExp]>> = {
  hello: ['hello', '>', /^,\d{1,16},"[^"]*"(?:,"[^"]*",(?<revision>\d{1,16}))?(?:,(?<replaces>\d{1,16}))?\]/],
  a: ['ack', '>', /^,(?<revision>\d{1,16})\]/],
  w: ['watch', '>', /^/],
  u: ['unwatch', '>', /^/],
  call: ['call', '>', /^,(?<id>\d{1,16}),"(?<name>[^"\\\p{C}\p{Zl}\p{Zp}]{0,64})"/u],
  ping: ['ping', '>', /^,(?<id>\d{1,16})/],
  bye: ['bye', '>', /^/],
  s: ['snapshot', '<', /^,"[^"]*",(?<revision>\d{1,16}),/],
  c: ['commit', '<', /^,(?<from>\d{1,16}),(?<count>\d{1,16}),/],
  ok: ['result', '<', /^,(?<id>\d{1,16}),(?<revision>\d{1,16})/],
  err: ['failure', '<', /^,(?<id>\d{1,16}),(?<revision>\d{1,16}),"(?<name>[^"\\\p{C}\p{Zl}\p{Zp}]{0,64})"/u],
  pong: ['pong', '<', /^,(?<id>\d{1,16}),(?<revision>\d{1,16})/],
  refused: ['refused', '<', /^,"(?<name>[^"\\\p{C}\p{Zl}\p{Zp}]{0,64})"/u],
}

/**
 * The same connection, which tells `log` of each frame that crosses it: `>` up to the source or `<` down from it, store and
 * channel, type, revision, bytes in UTF-8, and the ms since the line before. Sessions are known by store if their beginning
 * was seen.
 *
 * @param log by default the console, as `debug`.
 */
export function traced(
  connection: Connection,
  log: (line: string) => void = (line) => globalThis.console.debug(line),
  clock: Clock = systemClock,
): Connection {
  const stores = new Map<string, string>()
  let last = clock.now()
  const tell = (what: string): void => {
    const now = clock.now()
    log(`${what} +${Math.round(now - last)} ms`)
    last = now
  }
  const trace = (text: string): void => tell(describe(text, stores))
  let begun = false
  return {
    send(text) {
      trace(text)
      connection.send(text)
    },
    subscribe(listener) {
      // One of its own, so that what arrives is told once; not before the first, for that is what starts a port.
      if (!begun) {
        begun = true
        connection.subscribe({
          open: () => tell('= open'),
          message: trace,
          close() {
            stores.clear()
            tell('= lost')
          },
        })
      }
      return connection.subscribe(listener)
    },
    close: () => connection.close(),
  }
}

/** Whether the environment variable `DEBUG` names `lockstep`: alone, in a list, or by `*`. */
export function isTracing(): boolean {
  try {
    return /(?:^|[\s,])(?:lockstep|\*)(?:$|[\s,])/.test(process.env.DEBUG ?? '')
  } catch {
    return false
  }
}

declare const process: { readonly env: { readonly DEBUG?: string } }

let served = 0

/** As `DEBUG=lockstep` wants it: on stderr, each line beginning with which of the connections it is. */
export function tracedForDebug(connection: Connection, { transport }: Peer, clock: Clock): Connection {
  const name = `lockstep ${transport}:${++served}`
  return traced(connection, (line) => globalThis.console.error(`${name} ${line}`), clock)
}

function describe(text: string, stores: Map<string, string>): string {
  const size = `${new TextEncoder().encode(text).length} B`
  const [head, channel, type] = /^\[(\d{1,16}),"(\w+)"/.exec(text) ?? []
  const kind = type === undefined || !Object.hasOwn(kinds, type) ? undefined : kinds[type]
  if (head === undefined || channel === undefined || kind === undefined) return `? no frame ${size}`
  const [name, direction, details] = kind
  const rest = text.slice(head.length)
  const found = details.exec(rest)?.groups ?? {}
  if (type === 'hello') stores.set(channel, /^,\d+,"([^"\\\p{C}\p{Zl}\p{Zp}]{0,64})"/u.exec(rest)?.[1] ?? '?')
  if (found['replaces'] !== undefined) stores.delete(found['replaces'])
  const store = stores.get(channel) ?? '?'
  if (type === 'bye' || type === 'refused') stores.delete(channel)
  const session = channel === '0' ? 'connection' : `${store}/${channel}`
  return [direction, session, name, ...inWords(found), size].join(' ')
}

function inWords({ id, name, revision, from, count, replaces }: Partial<Record<string, string>>): string[] {
  return [
    ...(id === undefined ? [] : [`#${id}`]),
    ...(name === undefined ? [] : [name]),
    ...(revision === undefined ? [] : [`r${revision}`]),
    ...(replaces === undefined ? [] : [`replaces ${replaces}`]),
    ...(from === undefined ? [] : [`r${from}..r${Number(from) + Number(count)}`]),
  ]
}
