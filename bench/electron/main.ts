/** The main process of the benchmark in a real Electron: runs one contestant's task and prints what that cost, as JSON. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { app, protocol } from 'electron'
import { coldStart } from './cold-start.ts'
import type { Found, Order } from './protocol.ts'
import { called, late, stream } from './tasks.ts'

const order = JSON.parse(process.env['BENCH_ORDER'] as string) as Order

protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true } }])
app.on('window-all-closed', () => {})

const pages: Readonly<Record<string, string>> = {
  '/': '<!doctype html><script type="module" src="/page.js"></script>',
  '/cold.html': '<!doctype html><script type="module">ipc.on("import", (file) => void import(file))</script>',
}

async function run(): Promise<Found> {
  switch (order.task) {
    case 'state':
      return late(order)
    case 'stream':
      return { stream: await stream(order, 1, 1) }
    case 'ten streams':
      return { 'ten streams': await stream(order, 5, 10) }
    case 'cold start':
      return { 'cold start': await coldStart(order) }
    case 'commands':
      return called(order)
  }
}

void app.whenReady().then(async () => {
  protocol.handle('app', ({ url }) => {
    const { pathname } = new URL(url)
    const page = pages[pathname]
    const body = page ?? readFileSync(join(import.meta.dirname, pathname))
    return new Response(body, { headers: { 'content-type': page === undefined ? 'text/javascript' : 'text/html' } })
  })
  try {
    console.log(`RESULT ${JSON.stringify(await run())}`)
    app.exit(0)
  } catch (error) {
    console.error(error)
    app.exit(1)
  }
})
