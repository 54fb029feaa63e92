import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { findChromium, findElectron } from '../../scripts/runtimes.ts'
import { type BareElectron, startBareElectron } from './support/bare-electron.ts'
import { type RunningApp, startInChromium } from './support/hosts.ts'
import { type ModelServer, numberedText, startModelServer } from './support/model-server.ts'
import { ask, expectOnlyPrefixes, untilShown, untilStatus, watchAnswers } from './support/reading.ts'

/** A renderer process dies in mid-stream: what comes after it shows the whole text. */

const text = numberedText(420)
const middle = Math.round(text.length / 3)

let model: ModelServer
let environment: Record<string, string>
beforeAll(async () => {
  model = await startModelServer()
  model.answer({ text })
  environment = { LOCKSTEP_CHAT_BASE_URL: model.baseUrl, LOCKSTEP_CHAT_MODEL: 'numbered' }
})
afterAll(() => model.close())

const electron = findElectron()
describe.skipIf(electron.path === undefined)(
  `in Electron${electron.reason === undefined ? '' : `: ${electron.reason}`}`,
  () => {
    let app: BareElectron
    afterEach(() => app.close())

    /** The answer as the window shows it; nothing while the window is on its way up. */
    async function shown(): Promise<string> {
      const script = `(document.querySelector('[data-role=assistant] .prose')?.textContent ?? '').trim()`
      return String(await app.evaluate(script).catch(() => ''))
    }

    /** Waits; while the window is on its way up, nothing is true. */
    async function untilTrue(script: string): Promise<void> {
      await expect.poll(() => app.evaluate(script).catch(() => false), { timeout: 20_000 }).toBe(true)
    }

    test('the window comes back by itself, in step', async () => {
      app = await startBareElectron(electron.path!, environment)
      await untilTrue("document.querySelector('textarea') !== null")
      await app.evaluate(`{
        const field = document.querySelector('textarea')
        field.value = 'Tell me'
        field.dispatchEvent(new InputEvent('input', { bubbles: true }))
        undefined
      }`)
      await untilTrue("!document.querySelector('button[type=submit]').disabled")
      await app.evaluate("document.querySelector('form').requestSubmit()")
      await expect.poll(async () => (await shown()).length, { timeout: 20_000 }).toBeGreaterThan(middle)

      // Nothing of this life is in the next one.
      await app.evaluate('window.firstLife = true')
      await app.killRenderer()
      await untilTrue("window.firstLife === undefined && document.querySelector('.prose') !== null")

      const samples: string[] = []
      while (samples.at(-1) !== text) samples.push(await shown())
      expect(samples[0]!.length).toBeGreaterThanOrEqual(middle)
      expect(samples[0]!.length).toBeLessThan(text.length)
      for (const [index, sample] of samples.entries()) {
        expect(sample).toBe(text.slice(0, sample.length))
        expect(sample.length).toBeGreaterThanOrEqual(samples[index - 1]?.length ?? 0)
      }
    })
  },
)

const chromium = findChromium()
describe.skipIf(chromium.path === undefined)(
  `in Chromium${chromium.reason === undefined ? '' : `: ${chromium.reason}`}`,
  () => {
    let app: RunningApp
    afterEach(() => app.close())

    test('the page that its user opens next is in step', async () => {
      app = await startInChromium(environment)
      const { page } = app
      await ask(page, 'Tell me')
      await untilShown(page, middle)
      const address = page.url()
      const crashed = page.waitForEvent('crash')
      // The navigation never ends: its process is gone.
      page.goto('chrome://crash').catch(() => {})
      await crashed

      // A browser leaves it to its user to reload. Playwright gives a crashed page up, so it is another one here.
      const next = await page.context().newPage()
      await next.goto(address)
      await watchAnswers(next)
      await untilShown(next, middle)
      await untilStatus(next, 'done')
      await expectOnlyPrefixes(next, text)
    })
  },
)
