/** The main process of the benchmark in a real Electron: runs one contestant's tasks and prints what they cost, as JSON. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { app, BrowserWindow, ipcMain, MessageChannelMain, protocol } from 'electron'
import { contestants, type ContestantName } from '../contestants/index.ts'
import type { MainSide, WindowEnd } from '../lab/contestant.ts'
import { feed } from '../lab/feed.ts'
import { idOf, makeState } from '../state.ts'

const name = process.env['BENCH_CONTESTANT'] as ContestantName
const repetitions = Number(process.env['BENCH_REPETITIONS'])
const settings = name === 'raw' && process.env['BENCH_BATCH'] ? { batch: Number(process.env['BENCH_BATCH']) } : {}

interface Cost {
  readonly main: number
  readonly window: number
}

protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true } }])
app.on('window-all-closed', () => {})

async function open(side: MainSide): Promise<BrowserWindow> {
  const window = new BrowserWindow({
    show: false,
    webPreferences: { preload: join(import.meta.dirname, 'preload.cjs'), backgroundThrottling: false },
  })
  await window.loadURL(`app://chat/?${name}`)
  const { port1, port2 } = new MessageChannelMain()
  const end: WindowEnd = {
    webContents: window.webContents as unknown as WindowEnd['webContents'],
    port: {
      postMessage: (message) => port1.postMessage(message),
      on(type, listener) {
        if (type === 'close') port1.on('close', () => listener(undefined))
        else if (type === 'message') port1.on('message', ({ data }) => listener(data as unknown))
      },
      start: () => port1.start(),
      close: () => port1.close(),
    },
  }
  side.open(end)
  window.webContents.postMessage('port', null, [port2])
  return window
}

const said = (what: string): Promise<unknown> =>
  new Promise((resolve) => ipcMain.once(what, (_, value) => resolve(value)))

/** User and system time of a process, in ms: Linux only, in ticks of 10 ms. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10
}

async function cost(window: BrowserWindow, run: () => Promise<unknown>): Promise<Cost> {
  const pid = window.webContents.getOSProcessId()
  const [main, page] = [cpuOf(process.pid), cpuOf(pid)]
  await run()
  return { main: cpuOf(process.pid) - main, window: cpuOf(pid) - page }
}

async function makeSide(entities: number, length = 0): Promise<MainSide> {
  const { main } = await contestants[name]()
  return main(makeState(entities, length), settings)
}

async function run(): Promise<Record<string, Cost[]>> {
  const found: Record<string, Cost[]> = {}
  const record = (task: string, value: Cost): void => void (found[task] ??= []).push(value)
  const side = await makeSide(10_000, Number(process.env['BENCH_LENGTH'] ?? 0))
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const ready = said('ready')
    const opening = cpuOf(process.pid)
    const window = await open(side)
    const joined = (await ready) as number
    record('late', { main: cpuOf(process.pid) - opening, window: joined })
    const scalars = async (): Promise<void> => {
      for (let n = 0; n < 100; n++) {
        side.set(idOf(n % 10), `m${n}`)
        await delay(20)
      }
    }
    record('scalar', await cost(window, scalars))
    const length = 3_000 * 5
    window.webContents.send('watch', idOf(100 + repetition), length)
    await delay(200)
    record(
      'stream',
      await cost(window, async () => {
        const done = said('done')
        await feed(side, { ids: [idOf(100 + repetition)], chunks: 3_000, rate: 1000 })
        side.end?.(idOf(100 + repetition))
        if (name !== 'nothing') await done
      }),
    )
    window.destroy()
    await delay(200)
  }
  return found
}

void app.whenReady().then(async () => {
  protocol.handle('app', ({ url }) => {
    const isPage = new URL(url).pathname === '/page.js'
    const body = isPage
      ? readFileSync(join(import.meta.dirname, 'page.js'))
      : '<!doctype html><script type="module" src="/page.js"></script>'
    return new Response(body, { headers: { 'content-type': isPage ? 'text/javascript' : 'text/html' } })
  })
  try {
    console.log(`RESULT ${JSON.stringify(await run())}`)
    app.exit(0)
  } catch (error) {
    console.error(error)
    app.exit(1)
  }
})
