import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Page, _electron, chromium } from 'playwright-core'
import { type Runtime, findChromium, findElectron } from '../../../scripts/runtimes.ts'

const app = join(import.meta.dirname, '../../../app')
/** The built main process. */
export const mainFile: string = join(app, 'dist/main.cjs')

/** The running app, in either of its hosts, as its user sees it. */
export interface RunningApp {
  /** The first window. */
  readonly page: Page
  /** Runs `action`, which opens a window, and returns that window. */
  windowOpenedBy(action: () => Promise<void>): Promise<Page>
  close(): Promise<void>
}

export interface Host {
  readonly name: 'Electron' | 'Chromium'
  readonly runtime: Runtime
  start(environment: Record<string, string>): Promise<RunningApp>
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

async function startInElectron(environment: Record<string, string>): Promise<RunningApp> {
  const data = await mkdtemp(join(tmpdir(), 'lockstep-e2e-'))
  pathOf(findElectron())
  // Without `executablePath` Playwright finds the same Electron (by the `electron` package, which knows the variable),
  // and holds the app back until it is connected; with one, a window that opens at the wrong moment is never seen.
  const electron = await _electron.launch({
    timeout: 60_000,
    args: ['--no-sandbox', `--user-data-dir=${data}`, mainFile],
    env: { ...definedEnvironment(), ...environment },
  })
  const page = await electron.firstWindow()
  return {
    page,
    async windowOpenedBy(action) {
      const [opened] = await Promise.all([electron.waitForEvent('window'), action()])
      return opened
    },
    async close() {
      await electron.close()
      await rm(data, { recursive: true, force: true })
    },
  }
}

/** The app's server for browsers, without a browser. */
export interface BrowserHost {
  /** The link that it has printed. */
  readonly url: string
  close(): Promise<void>
}

export async function startBrowserHost(environment: Record<string, string>): Promise<BrowserHost> {
  const server = spawn(process.execPath, [join(app, 'src/hosts/browser.ts')], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = new Promise<void>((resolve) => {
    server.once('exit', () => resolve())
  })
  return {
    url: await addressPrintedBy(server),
    close() {
      server.kill()
      return exited
    },
  }
}

export async function startInChromium(environment: Record<string, string>): Promise<RunningApp> {
  const server = await startBrowserHost(environment)
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
  }
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
