import { rm } from 'node:fs/promises'
import type { ElectronApplication, Frame, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { findElectron } from '../../scripts/runtimes.ts'
import { launchFixture } from './support/electron-fixture.ts'

/** What a page has to send to join the store, and to change it. */
const join1 = '[1,"hello",1,"counter"]'
const add1 = '[1,"call",1,"add"]'

const electron = findElectron()
describe.skipIf(electron.path === undefined)(
  `pages in Electron${electron.reason ? `: ${electron.reason}` : ''}`,
  () => {
    let folder: string
    let app: ElectronApplication

    beforeAll(async () => {
      const fixture = await launchFixture()
      folder = fixture.folder
      app = fixture.app
    })
    afterAll(async () => {
      await app?.close()
      await rm(folder, { recursive: true, force: true })
    })
    afterEach(async () => {
      await app.evaluate(({ BrowserWindow }) => {
        for (const window of BrowserWindow.getAllWindows()) window.destroy()
        fixture.refusals.length = 0
      })
      await vi.waitUntil(async () => (await sessions()) === 0)
    })

    async function open(url: string, listed = true): Promise<Page> {
      const [page] = await Promise.all([
        app.waitForEvent('window'),
        app.evaluate((_, [to, isListed]) => fixture.open(to, isListed), [url, listed] as const),
      ])
      await page.waitForLoadState()
      return page
    }

    const sessions = (): Promise<number> => app.evaluate(() => fixture.sessions)
    const count = (): Promise<number> => app.evaluate(() => fixture.count())
    const refusals = (): Promise<string[]> => app.evaluate(() => fixture.refusals)

    /** Does by hand what a page does to connect; resolves with what it hears, once it has heard `messages`. */
    function send(frame: Page | Frame, texts: unknown[], messages: number): Promise<unknown[]> {
      return frame.evaluate(
        ([toSend, expected]) =>
          new Promise<unknown[]>((resolve) => {
            const { port1, port2 } = new MessageChannel()
            const heard: unknown[] = []
            port1.addEventListener('message', ({ data }) => {
              heard.push(data)
              if (heard.length === expected) resolve(heard)
            })
            port1.start()
            for (const text of toSend) port1.postMessage(text)
            window.postMessage('lockstep:connect', '*', [port2])
          }),
        [texts, messages] as const,
      )
    }

    const refusedHere = [expect.stringMatching(/^\[0,"refused","refused",".*was refused: /), '']

    test('a page that is allowed reads and writes, from a sandboxed preload script', async () => {
      const page = await open('app://chat/')
      expect(await page.evaluate(() => window.forger.isSandboxed)).toBe(true)
      const before = await count()
      await page.evaluate(() => window.counter.call.add())
      expect(await count()).toBe(before + 1)
      expect(await page.title()).toBe(`count ${before + 1}`)
      expect(await sessions()).toBe(1)
      expect(await refusals()).toEqual([])
    })

    test('a reload ends the old sessions and begins new ones', async () => {
      const page = await open('app://chat/')
      await page.evaluate(() => window.counter.ready)
      await page.reload()
      await page.evaluate(() => window.counter.ready)
      await vi.waitFor(async () => expect(await sessions()).toBe(1))
      await page.goto('app://chat/bare')
      await vi.waitFor(async () => expect(await sessions()).toBe(0))
    })

    test('a crash ends the sessions', async () => {
      const page = await open('app://chat/')
      await page.evaluate(() => window.counter.ready)
      await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.webContents.forcefullyCrashRenderer())
      await vi.waitFor(async () => expect(await sessions()).toBe(0))
    })

    test.each([
      ['of a foreign origin', 'app://evil/bare', true],
      ['in an unlisted window', 'app://chat/bare', false],
    ])('a page %s is refused, and has no effect', async (_, url, listed) => {
      const before = await count()
      const page = await open(url, listed)
      expect(await send(page, [join1, add1], 2)).toEqual(refusedHere)
      expect(await refusals()).toEqual([`refused ${new URL(url).protocol}//${new URL(url).host} ${url}`])
      expect([await sessions(), await count()]).toEqual([0, before])
    })

    test('a replica in a refused page says so', async () => {
      const page = await open('app://evil/')
      await vi.waitFor(async () => expect(await refusals()).toEqual(['refused app://evil app://evil/']))
      await expect(page.evaluate(() => window.counter.ready)).rejects.toThrow(/was refused/)
    })

    test('a subframe of an allowed page, of the same origin, is refused and has no effect', async () => {
      const before = await count()
      const page = await open('app://chat/framed')
      const frame = page.frames()[1]!
      expect(frame.url()).toBe('app://chat/bare')
      expect(await send(frame, [join1, add1], 2)).toEqual(refusedHere)
      expect(await refusals()).toEqual(['refused app://chat app://chat/bare'])
      expect([await sessions(), await count()]).toEqual([0, before])
    })

    test("a subframe cannot make its parent's preload script pass a port on", async () => {
      const before = await count()
      const page = await open('app://chat/framed')
      await page.frames()[1]!.evaluate(
        ([hello, add]) => {
          const { port1, port2 } = new MessageChannel()
          port1.postMessage(hello)
          port1.postMessage(add)
          window.parent.postMessage('lockstep:connect', '*', [port2])
        },
        [join1, add1],
      )
      // What the page itself sends after it arrives after it.
      expect(await send(page, ['[9,"hello",1,"nothing"]'], 1)).toEqual([expect.stringContaining('"unknown-store"')])
      expect([await sessions(), await count()]).toEqual([0, before])
    })

    test('a message without a port is refused and harms nobody', async () => {
      const page = await open('app://chat/bare')
      await page.evaluate(() => window.forger.send('lockstep:connect', { forged: true }))
      await vi.waitFor(async () => expect(await refusals()).toEqual(['refused app://chat app://chat/bare']))
      expect(await app.evaluate(() => fixture.problems)).toEqual([])
    })

    test('text that is no frame gets a refusal and has no effect; what is no text gets nothing', async () => {
      const before = await count()
      const page = await open('app://chat/bare')
      const forged = [
        'hello',
        '{"type":"call"}',
        '[1,"call",1,"add"',
        '[1,"grant","all"]',
        '[0,"call",1,"add"]',
        { call: 'add' },
        add1,
      ]
      const heard = await send(page, [...forged, '[9,"hello",1,"nothing"]'], 6)
      for (const text of heard.slice(0, 5)) expect(text).toMatch(/^\[0,"refused","bad-frame","/)
      expect(heard[5]).toMatch(/^\[9,"refused","unknown-store","/)
      expect([await sessions(), await count()]).toEqual([0, before])
    })
  },
)
