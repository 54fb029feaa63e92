/**
 * A window whose process stands still (SIGSTOP: it gets no time at all, as when it is suspended or hangs) while the
 * source streams 1,000 chunks a second for a minute. It costs the main process nothing that grows, and the other
 * window nothing at all.
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { _electron, chromium, type Browser, type ElectronApplication, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findChromium, findElectron } from '../../scripts/runtimes.ts'
import { serveWebSocket, type WebSocketService } from '../../src/transports/websocket/server.ts'
import type { Memory, Streamer } from './stopped-window/main.ts'
import type { PageFixture } from './stopped-window/page.ts'
import { startStreaming } from './stopped-window/streaming.ts'
import { bundle } from './support/bundle.ts'
import { chromiumFlags } from './support/hosts.ts'

declare global {
  var streamer: Streamer
  interface Window {
    stream: PageFixture
  }
}

const electron = findElectron()
const reason = electron.reason ?? (process.platform === 'win32' ? 'Windows has no SIGSTOP' : undefined)
const seconds = 60
const warmUp = 8
const megabyte = 1024 * 1024

describe.skipIf(reason !== undefined)(`in Electron${reason === undefined ? '' : `: ${reason}`}`, () => {
  let folder: string
  let app: ElectronApplication

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-stopped-'))
    for (const [input, file] of [
      ['stopped-window/main.ts', 'main.cjs'],
      ['stopped-window/page.ts', 'page.js'],
      ['../../src/transports/electron/preload.ts', 'preload.cjs'],
    ] as const)
      await bundle(new URL(input, import.meta.url), join(folder, file))
    app = await _electron.launch({
      // Without `executablePath`: see support/hosts.ts.
      timeout: 60_000,
      args: [
        '--no-sandbox',
        '--js-flags=--expose-gc',
        `--user-data-dir=${join(folder, 'data')}`,
        join(folder, 'main.cjs'),
      ],
    })
    await app.evaluate(({ app: self }) => self.whenReady())
  })
  afterAll(async () => {
    await app?.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function open(): Promise<{ page: Page; pid: number }> {
    const [page, pid] = await Promise.all([app.waitForEvent('window'), app.evaluate(() => streamer.open())])
    await page.evaluate(() => window.stream.replica.ready)
    return { page, pid }
  }

  const memory = (): Promise<Memory> => app.evaluate(() => streamer.memory())
  const chunksNow = (): Promise<number> => app.evaluate(() => streamer.streaming.chunks)
  const framesSent = (): Promise<number[]> => app.evaluate(() => streamer.streaming.frames)

  test('a window that is stopped costs a few frames, and the other one nothing', async () => {
    const stopped = await open()
    const other = await open()
    expect(stopped.pid).not.toBe(other.pid)
    await app.evaluate(() => streamer.streaming.start())
    const before = await watch(other.page, warmUp, chunksNow)
    const baseline = await memory()

    process.kill(stopped.pid, 'SIGSTOP')
    const framesBefore = await framesSent()
    let during: typeof before
    let [grown, framesAfter] = [baseline, framesBefore]
    try {
      during = await watch(other.page, seconds, chunksNow)
      ;[grown, framesAfter] = [await memory(), await framesSent()]
    } finally {
      process.kill(stopped.pid, 'SIGCONT')
    }
    const chunks = await chunksNow()
    const growth = { rss: grown.rss - baseline.rss, held: grown.held - baseline.held }
    console.log(
      `${chunks} chunks. While one window was stopped, the main process grew by ${mb(growth.rss)} (of JavaScript: ${mb(growth.held)}).\n` +
        `Age of what the other showed, in ms: ${describeAges(before.ages)}; while the first was stopped: ${describeAges(during.ages)}`,
    )

    // The last of eight short ones waits for an ack.
    expect(framesAfter[0]! - framesBefore[0]!).toBeLessThanOrEqual(8)
    expect(growth.rss).toBeLessThan(10 * megabyte)
    expect(growth.held).toBeLessThan(10 * megabyte)
    // What was in the source is shown with the frame that is under way or with the next one.
    expect(before.behind).toBeLessThanOrEqual(2)
    expect(during.behind).toBeLessThanOrEqual(2)
    expect(framesAfter[1]! - framesBefore[1]!).toBeGreaterThan(seconds)

    await app.evaluate(() => streamer.streaming.stop())
    const all = await chunksNow()
    expect(all).toBeGreaterThan(seconds * 1000)
    for (const { page } of [stopped, other]) {
      await page.evaluate((end) => window.stream.framesUntil(end), all)
      expect(await page.evaluate(() => window.stream.isRight())).toBe(true)
    }
    // All that it has missed came at once.
    const [caughtUp] = await framesSent()
    console.log(`The stopped window caught up in ${caughtUp! - framesAfter[0]!} frames, those of the meantime included`)
  })
})

const chromiumReason = findChromium().reason ?? (process.platform === 'win32' ? 'Windows has no SIGSTOP' : undefined)
describe.skipIf(chromiumReason !== undefined)(
  `in Chromium${chromiumReason === undefined ? '' : `: ${chromiumReason}`}`,
  () => {
    let folder: string
    let server: Server
    let service: WebSocketService
    let browser: Browser
    let host: string
    const streaming = startStreaming()

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'lockstep-stopped-'))
      const script = join(folder, 'page.js')
      await bundle(new URL('stopped-window/page.ts', import.meta.url), script)
      server = createServer(({ url }, response) => {
        const isScript = url === '/page.js'
        response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
        response.end(isScript ? readFileSync(script) : '<!doctype html><script type="module" src="page.js"></script>')
      })
      await once(server.listen(0, '127.0.0.1'), 'listening')
      host = `127.0.0.1:${(server.address() as AddressInfo).port}`
      service = serveWebSocket([streaming.source], { server, hosts: [host], origins: [`http://${host}`] })
      browser = await chromium.launch({ executablePath: findChromium().path!, args: [...chromiumFlags] })
    })
    afterAll(async () => {
      streaming.stop()
      await browser?.close()
      service?.close()
      server?.close()
      await rm(folder, { recursive: true, force: true })
    })

    /** Opens a page in a renderer process of its own. */
    async function open(): Promise<{ page: Page; pid: number }> {
      const before = await rendererPids()
      const page = await (await browser.newContext()).newPage()
      await page.goto(`http://${host}/#${service.createToken()}`)
      await page.evaluate(() => window.stream.replica.ready)
      const [pid] = (await rendererPids()).filter((one) => !before.includes(one))
      return { page, pid: pid! }
    }

    async function rendererPids(): Promise<number[]> {
      const session = await browser.newBrowserCDPSession()
      const { processInfo } = await session.send('SystemInfo.getProcessInfo')
      await session.detach()
      return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id)
    }

    test('a page that is stopped costs a few frames, and the other one nothing', async () => {
      const chunksNow = (): Promise<number> => Promise.resolve(streaming.chunks)
      const other = await open()
      const stopped = await open()
      streaming.start()
      const before = await watch(other.page, 3, chunksNow)
      process.kill(stopped.pid, 'SIGSTOP')
      const framesBefore = [...streaming.frames]
      let during: typeof before
      let framesAfter = framesBefore
      try {
        during = await watch(other.page, 12, chunksNow)
        framesAfter = [...streaming.frames]
      } finally {
        process.kill(stopped.pid, 'SIGCONT')
      }
      console.log(
        `Age of what the other page showed, in ms: ${describeAges(before.ages)}; while the first was stopped: ${describeAges(during.ages)}`,
      )
      expect(framesAfter[1]! - framesBefore[1]!).toBeLessThanOrEqual(8)
      expect(framesAfter[0]! - framesBefore[0]!).toBeGreaterThan(12)
      expect(before.behind).toBeLessThanOrEqual(2)
      expect(during.behind).toBeLessThanOrEqual(2)
      streaming.stop()
      for (const { page } of [stopped, other]) {
        await page.evaluate((end) => window.stream.framesUntil(end), streaming.chunks)
        expect(await page.evaluate(() => window.stream.isRight())).toBe(true)
      }
    })
  },
)

/** Lets it stream for some seconds, and looks once a second how many frames the page is behind. */
async function watch(
  page: Page,
  duration: number,
  chunksNow: () => Promise<number>,
): Promise<{ readonly behind: number; readonly ages: readonly number[] }> {
  await page.evaluate(() => window.stream.takeAges())
  let behind = 0
  for (let second = 0; second < duration; second++) {
    await sleep(1000)
    const chunks = await chunksNow()
    behind = Math.max(behind, await page.evaluate((all) => window.stream.framesUntil(all), chunks))
  }
  return { behind, ages: await page.evaluate(() => window.stream.takeAges()) }
}

function mb(bytes: number): string {
  return `${(bytes / megabyte).toFixed(1)} MB`
}

function describeAges(ages: readonly number[]): string {
  const sorted = ages.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
  return `median ${at(0.5)}, 95 % ${at(0.95)}, longest ${at(1)} (${ages.length} frames)`
}
