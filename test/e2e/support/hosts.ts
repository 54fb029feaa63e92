import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ElectronApplication, type Page, _electron, chromium } from 'playwright-core'
import { type Runtime, findChromium, findElectron } from '../../../scripts/runtimes.ts'

const app = join(import.meta.dirname, '../../../app')
/** The built main process. */
export const mainFile: string = join(app, 'dist/main.cjs')
/** The server for browsers, which needs no build. */
export const browserHostFile: string = join(app, 'src/hosts/browser.ts')

/** The running app, in either of its hosts, as its user sees it. */
export interface RunningApp {
  /** The first window. */
  readonly page: Page
  /** Only in Electron. */
  readonly electron?: ElectronApplication
  /** Runs `action`, which opens a window, and returns that window. */
  windowOpenedBy(action: () => Promise<void>): Promise<Page>
  close(): Promise<void>
  /** Tells the process that owns the state to end, by SIGTERM, and returns its exit code. */
  terminate(): Promise<number | null>
  /** Kills the process that owns the state, and all its windows, by SIGKILL. */
  kill(): Promise<void>
}

export interface Host {
  readonly name: 'Electron' | 'Chromium'
  readonly runtime: Runtime
  /** @param data the folder of the app's data; by default a fresh one, which is removed at the end. */
  start(environment: Record<string, string>, data?: string): Promise<RunningApp>
}

export const hosts: readonly Host[] = [
  { name: 'Electron', runtime: findElectron(), start: startInElectron },
  { name: 'Chromium', runtime: findChromium(), start: startInChromium },
]

export const chromiumFlags: readonly string[] = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

async function startInElectron(environment: Record<string, string>, data?: string): Promise<RunningApp> {
  const folder = data ?? (await freshFolder())
  pathOf(findElectron())
  // Without `executablePath` Playwright finds the same Electron (by the `electron` package, which knows the variable),
  // and holds the app back until it is connected; with one, a window that opens at the wrong moment is never seen.
  const electron = await _electron.launch({
    timeout: 60_000,
    args: ['--no-sandbox', `--user-data-dir=${folder}`, mainFile],
    env: { ...definedEnvironment(), ...environment },
  })
  const page = await electron.firstWindow()
  await untilItHasASize(electron, page)
  const removeFolder = async (): Promise<void> => {
    if (data === undefined) await rm(folder, { recursive: true, force: true })
  }
  return {
    page,
    electron,
    async windowOpenedBy(action) {
      const [opened] = await Promise.all([electron.waitForEvent('window'), action()])
      return opened
    },
    async close() {
      await inTime(electron.process(), electron.close())
      await removeFolder()
    },
    async terminate() {
      const code = await inTime(electron.process(), ended(electron.process(), 'SIGTERM'))
      await removeFolder()
      return code
    },
    async kill() {
      await ended(electron.process(), 'SIGKILL')
      await removeFolder()
    },
  }
}

/**
 * Once, never since, nothing in a page of Electron 25 was visible for 30 s, though all of it was there and answered: as if the
 * page had no width. So a page that has none is told its window's size once more, and what was seen is printed.
 */
async function untilItHasASize(electron: ElectronApplication, page: Page): Promise<void> {
  const hasSize = (timeout: number): Promise<unknown> => page.waitForFunction(() => innerWidth > 0, null, { timeout })
  try {
    await hasSize(10_000)
  } catch {
    const bounds = await electron.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows()
      const was = window!.getBounds()
      window!.setBounds({ ...was, width: was.width - 1 })
      return { ...was, shown: window!.isVisible() }
    })
    console.warn(`Electron's page has no size after 10 s, in a window of ${JSON.stringify(bounds)}`)
    await hasSize(10_000)
  }
}

/** The app's server for browsers, without a browser. */
export interface BrowserHost {
  /** The link that it has printed. */
  readonly url: string
  readonly pid: number
  /** Returns the exit code. */
  close(): Promise<number | null>
  kill(): Promise<void>
}

export async function startBrowserHost(environment: Record<string, string>, data?: string): Promise<BrowserHost> {
  const folder = data ?? (await freshFolder())
  const server = spawn(process.execPath, [browserHostFile], {
    env: { ...process.env, LOCKSTEP_CHAT_DATA: folder, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = exitOf(server)
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    server.kill(signal)
    const code = await exited
    if (data === undefined) await rm(folder, { recursive: true, force: true })
    return code
  }
  return {
    url: await addressPrintedBy(server),
    pid: server.pid!,
    close: () => end('SIGTERM'),
    async kill() {
      await end('SIGKILL')
    },
  }
}

export async function startInChromium(environment: Record<string, string>, data?: string): Promise<RunningApp> {
  const server = await startBrowserHost(environment, data)
  const browser = await chromium.launch({ executablePath: pathOf(findChromium()), args: [...chromiumFlags] })
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(server.url)
  return {
    page,
    async windowOpenedBy(action) {
      const [opened] = await Promise.all([context.waitForEvent('page'), action()])
      return opened
    },
    async close() {
      await browser.close()
      await server.close()
    },
    async terminate() {
      const code = await server.close()
      await browser.close()
      return code
    },
    async kill() {
      await server.kill()
      await browser.close()
    },
  }
}

/** For the data of one test. */
export function freshFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'lockstep-e2e-'))
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code))
  })
}

/** Waits for `end`, but not for ever: what has not ended after 30 s is killed, and then has no exit code. */
async function inTime<T>(child: ChildProcess, end: Promise<T>): Promise<T> {
  const cut = setTimeout(() => {
    console.warn(`Electron (${child.pid}) has not ended within 30 s and is killed`)
    child.kill('SIGKILL')
  }, 30_000)
  try {
    return await end
  } finally {
    clearTimeout(cut)
  }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const exited = exitOf(child)
  child.kill(signal)
  return await exited
}

async function addressPrintedBy(server: ChildProcess): Promise<string> {
  let output = ''
  for await (const chunk of server.stdout ?? []) {
    output += String(chunk)
    const address = /http:\/\/\S+/.exec(output)?.[0]
    if (address !== undefined) return address
  }
  throw new Error(`The browser host has printed no address, but: ${output}`)
}

function pathOf(runtime: Runtime): string {
  if (runtime.path === undefined) throw new Error(runtime.reason)
  return runtime.path
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
