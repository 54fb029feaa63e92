/** What `diagnose()` says in a real window, loaded when it is asked for, by a scheme of its own and under a strict CSP. */
import { rm } from 'node:fs/promises'
import type { ElectronApplication, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findElectron } from '../../scripts/runtimes.ts'
import type { Diagnosis } from '../../src/replica/index.ts'
import { launchFixture } from './support/electron-fixture.ts'

const electron = findElectron()
describe.skipIf(electron.path === undefined)(
  `diagnose() in Electron${electron.reason ? `: ${electron.reason}` : ''}`,
  () => {
    let folder: string
    let app: ElectronApplication

    beforeAll(async () => {
      ;({ app, folder } = await launchFixture())
    })
    afterAll(async () => {
      await app?.close()
      await rm(folder, { recursive: true, force: true })
    })

    async function open(url: string, ownSession?: string): Promise<Page> {
      const [page] = await Promise.all([
        app.waitForEvent('window'),
        app.evaluate((_, [to, own]) => fixture.open(to, true, own), [url, ownSession] as const),
      ])
      await page.waitForLoadState()
      return page
    }

    const diagnose = (page: Page): Promise<Diagnosis> => page.evaluate(() => window.counter.diagnose())
    const loaded = (): Promise<string[]> => app.evaluate(() => fixture.loaded)

    test('in step; and nothing of it is loaded before it is called', async () => {
      const page = await open('app://chat/')
      await page.evaluate(() => window.counter.settled())
      expect(await loaded()).toEqual(['/', '/page.js'])
      const { verdict, sentence, source, compared } = await diagnose(page)
      expect([verdict, sentence]).toEqual(['in-step', expect.stringMatching(/^In step at revision \d+, and every/)])
      expect(source).toMatchObject({ transport: 'electron', origin: 'app://chat', waiting: false })
      expect(compared?.here).toBe(compared?.there)
      expect(await loaded()).toEqual(['/', '/page.js', expect.stringMatching(/^\/diagnose-.*\.js$/)])
    })

    test('waiting for credit: a window that was busy', async () => {
      const page = await open('app://chat/')
      await page.evaluate(() => window.counter.settled())
      const busy = page.evaluate(() => {
        const end = performance.now() + 3000
        while (performance.now() < end);
        return window.counter.diagnose()
      })
      await app.evaluate(async () => {
        for (let change = 0; change < 10; change++) {
          await new Promise((resolve) => setTimeout(resolve, 50))
          fixture.add()
        }
      })
      const { verdict, sentence, source } = await busy
      expect([verdict, sentence.replace(/\d+ ms/, 'n ms')]).toEqual([
        'waiting-for-credit',
        'The source has waited n ms for this window to acknowledge a frame: the window stood still (a breakpoint, heavy work, a sleeping process), and has caught up; keep long work out of it',
      ])
      expect(source?.longestWait).toBeGreaterThan(1000)
      expect(await page.evaluate(() => window.counter.get().count)).toBe(await app.evaluate(() => fixture.count()))
    })

    test('refused: main does not let the page in', async () => {
      const page = await open('app://evil/')
      const { verdict, sentence } = await diagnose(page)
      expect([verdict, sentence.replace(/webContents \d+/, 'webContents n')]).toEqual([
        'refused',
        '"counter" was refused (refused): The page of origin "app://evil" (webContents n) was refused: serve\'s `authorize` did not return true; remedy that, and load this page again',
      ])
    })

    test('never connected: a window in a session without the preload script', async () => {
      const page = await open('app://chat/', 'elsewhere')
      const { verdict, sentence, unanswered } = await diagnose(page)
      expect([verdict, unanswered]).toEqual(['never-connected', ['join']])
      expect(sentence).toBe(
        '"counter" has asked to join and nobody has ever answered: in Electron, call serve() before this window loads, with the window\'s session in `sessions` (it installs the preload script); elsewhere, call servePort() or serveWebSocket() at the other end',
      )
    })
  },
)
