/**
 * A window whose process stands still (SIGSTOP: it gets no time at all, as when it is suspended or hangs) while the
 * source streams 1,000 chunks a second for a minute. It costs the main process nothing that grows, and the other
 * window nothing at all.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { _electron, type ElectronApplication, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findElectron } from '../../scripts/runtimes.ts'
import type { Memory, Streamer } from './stopped-window/main.ts'
import type { PageFixture } from './stopped-window/page.ts'
import { bundle } from './support/bundle.ts'

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
      executablePath: electron.path!,
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
  const framesSent = (): Promise<number[]> => app.evaluate(() => streamer.frames)
  const isRight = (page: Page): Promise<boolean> => page.evaluate(() => window.stream.isRight())

  /** Lets it stream for some seconds, and looks once a second how many frames the window is behind. */
  async function watch(page: Page, duration: number): Promise<{ behind: number; ages: number[] }> {
    await page.evaluate(() => window.stream.takeAges())
    let behind = 0
    for (let second = 0; second < duration; second++) {
      await sleep(1000)
      const chunks = await app.evaluate(() => streamer.chunks)
      behind = Math.max(behind, await page.evaluate((all) => window.stream.framesUntil(all), chunks))
    }
    return { behind, ages: await page.evaluate(() => window.stream.takeAges()) }
  }

  test('a window that is stopped costs one frame, and the other one nothing', async () => {
    const stopped = await open()
    const other = await open()
    expect(stopped.pid).not.toBe(other.pid)
    await app.evaluate(() => streamer.start())
    const before = await watch(other.page, warmUp)
    const baseline = await memory()

    process.kill(stopped.pid, 'SIGSTOP')
    const framesBefore = await framesSent()
    let during: typeof before
    let [grown, framesAfter] = [baseline, framesBefore]
    try {
      during = await watch(other.page, seconds)
      ;[grown, framesAfter] = [await memory(), await framesSent()]
    } finally {
      process.kill(stopped.pid, 'SIGCONT')
    }
    const chunks = await app.evaluate(() => streamer.chunks)
    const growth = { rss: grown.rss - baseline.rss, held: grown.held - baseline.held }
    console.log(
      `${chunks} chunks. While one window was stopped, the main process grew by ${mb(growth.rss)} (of JavaScript: ${mb(growth.held)}).\n` +
        `Age of what the other showed, in ms: ${describeAges(before.ages)}; while the first was stopped: ${describeAges(during.ages)}`,
    )

    // One, if the one before had just been acknowledged.
    expect(framesAfter[0]! - framesBefore[0]!).toBeLessThanOrEqual(1)
    expect(growth.rss).toBeLessThan(10 * megabyte)
    expect(growth.held).toBeLessThan(10 * megabyte)
    // What was in the source is shown with the frame that is under way or with the next one.
    expect(before.behind).toBeLessThanOrEqual(2)
    expect(during.behind).toBeLessThanOrEqual(2)
    expect(framesAfter[1]! - framesBefore[1]!).toBeGreaterThan(seconds)

    await app.evaluate(() => streamer.stop())
    const all = await app.evaluate(() => streamer.chunks)
    expect(all).toBeGreaterThan(seconds * 1000)
    for (const { page } of [stopped, other]) {
      await page.evaluate((end) => window.stream.framesUntil(end), all)
      expect(await isRight(page)).toBe(true)
    }
    // All that it has missed came at once.
    const [caughtUp] = await framesSent()
    console.log(`The stopped window caught up in ${caughtUp! - framesAfter[0]!} frames, those of the meantime included`)
  })
})

function mb(bytes: number): string {
  return `${(bytes / megabyte).toFixed(1)} MB`
}

function describeAges(ages: readonly number[]): string {
  const sorted = ages.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
  return `median ${at(0.5)}, 95 % ${at(0.95)}, longest ${at(1)} (${ages.length} frames)`
}
