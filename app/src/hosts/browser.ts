import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { serveWebSocket } from 'lockstep/websocket/server'
import sirv from 'sirv'
import { type ChatApp, openChatApp } from '../core/chat-app.ts'
import { securityHeaders } from './csp.ts'
import { closeInTime, report, startFailure } from './failure.ts'
import { dataFolder, storageIn } from './storage.ts'

/** The app for a browser: a server on this machine's loopback address that owns the state and serves the page. */

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } })

/** There as soon as there are pages. */
let pageUrl: (tabId?: string) => string

try {
  const chatApp = await openChatApp({
    environment: process.env,
    storage: storageIn(dataFolder(process.env)),
    onError: report,
    openWindow: (tabId) => ({ url: pageUrl(tabId) }),
  })
  listen(chatApp)
} catch (error) {
  console.error(startFailure(error))
  process.exitCode = 1
}

function saveBeforeEnding(chatApp: ChatApp, disconnect: () => void): void {
  let ending: Promise<void> | undefined
  // More than one may come of one Ctrl+C: from the terminal, and from the script that has started this.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (ending !== undefined) return
      disconnect()
      ending = closeInTime(chatApp).then((code) => process.exit(code))
    })
  }
}

function listen(chatApp: ChatApp): void {
  const server = createServer()
  server.listen(Number(values.port), '127.0.0.1', () => {
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('The server has no port.')
    start(chatApp, server, `127.0.0.1:${address.port}`)
  })
  server.on('error', (error) => {
    console.error(`Cannot serve on 127.0.0.1:${values.port}: ${error.message}`)
    process.exitCode = 1
    void closeInTime(chatApp)
  })
}

function start(chatApp: ChatApp, server: Server, host: string): void {
  const { chat, settings, data } = chatApp
  const headers = securityHeaders([`ws://${host}`])
  const files = sirv(fileURLToPath(new URL('../../dist/ui', import.meta.url)), {
    etag: true,
    setHeaders: (response) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    },
  })
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    // Another name for this address means that a foreign page has had its own name point here.
    if (request.headers.host === host) files(request, response)
    else response.writeHead(421).end('Open this app by the address that it has printed.\n')
  })

  const service = serveWebSocket([chat, settings, data], {
    server,
    hosts: [host],
    origins: [`http://${host}`],
    onRefused: (error, { origin }) => {
      console.warn(error.message)
      // This app's own page, by an address that is used up or too old: whoever opened it looks here next. It tries
      // again every few seconds, and one new address a minute is enough.
      if (origin === `http://${host}` && performance.now() - printedAt > 60_000) printAddress()
    },
  })
  let printedAt = 0

  /** A way in for one page. Its token is in the fragment, which no server sees and no log keeps. */
  pageUrl = (tabId) => {
    const fragment = new URLSearchParams({
      token: service.createToken(),
      ...(tabId === undefined ? {} : { tab: tabId }),
    })
    return `http://${host}/#${fragment}`
  }

  function printAddress(): void {
    printedAt = performance.now()
    console.log(`Lockstep Chat: ${pageUrl()}`)
  }

  saveBeforeEnding(chatApp, () => {
    // For the pages this is a lost connection, not a refusal: they keep what they show.
    server.close()
    service.close()
  })
  printAddress()
}
