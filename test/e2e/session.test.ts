import { rm } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Host, type RunningApp, freshFolder, hosts } from './support/hosts.ts'
import { type ModelServer, type Script, numberedText, startModelServer } from './support/model-server.ts'
import {
  answerShown,
  ask,
  expectOnlyPrefixes,
  untilSaved,
  untilShown,
  untilShownAsSaved,
  untilStatus,
  watchAnswers,
  watchSaved,
} from './support/reading.ts'

/** The session survives its process: what the app has shown as saved is there when it is started again. */

const text = numberedText(420)
const middle = Math.round(text.length / 3)

let model: ModelServer
beforeAll(async () => {
  model = await startModelServer()
})
afterAll(() => model.close())

for (const { name, runtime, start } of hosts) {
  const missing = runtime.reason
  describe.skipIf(missing !== undefined)(`the session in ${name}${missing === undefined ? '' : `: ${missing}`}`, () => {
    tests(start)
  })
}

function tests(start: Host['start']): void {
  let data: string
  let app: RunningApp
  let page: Page
  beforeEach(async () => {
    data = await freshFolder()
    await restart()
  })
  afterEach(async () => {
    await app.close()
    await rm(data, { recursive: true, force: true })
  })

  async function restart(): Promise<void> {
    app = await start({ LOCKSTEP_CHAT_BASE_URL: model.baseUrl, LOCKSTEP_CHAT_MODEL: 'numbered' }, data)
    page = app.page
    await page.getByLabel('Message').waitFor()
    await watchAnswers(page)
  }

  /** A finished chat, and beside it one whose answer is on its way. */
  async function talk(script: Partial<Script> = {}): Promise<void> {
    model.answer({ text: 'A short answer.' })
    await ask(page, 'First')
    await untilStatus(page, 'done')
    await page.getByRole('button', { name: 'New chat' }).click()
    await page.getByText('What is on your mind?').waitFor()
    model.answer({ text, ...script })
    await ask(page, 'Second')
    await untilShown(page, 10)
  }

  function titles(): Promise<string[]> {
    return page.getByRole('navigation').getByRole('link').allInnerTexts()
  }

  test('killed in mid-answer, it is back with all that was shown as saved, and the answer can be continued', async () => {
    await page.getByRole('button', { name: 'Switch between light and dark' }).click()
    await page.locator('html[data-theme=dark]').waitFor()
    // A model that pauses makes sure that there is a moment at which all is saved. The end comes while it speaks again.
    await talk({ holdAt: middle })
    await watchSaved(page)
    await page.getByLabel('Message').pressSequentially('Typed, not sent')
    await untilShownAsSaved(page, middle - 10)
    await untilSaved(page)
    model.goOn()
    await untilShown(page, middle + 300)
    const saved = await untilShownAsSaved(page, middle - 10)
    await app.kill()
    expect(saved.length).toBeLessThan(text.length)

    await restart()
    await untilStatus(page, 'interrupted')
    const restored = await answerShown(page)
    expect(text.startsWith(restored)).toBe(true)
    expect(restored.slice(0, saved.length)).toBe(saved)
    expect(await titles()).toEqual(['First', 'Second'])
    expect(await page.title()).toBe('Second · Lockstep Chat')
    expect(await page.getByLabel('Message').inputValue()).toBe('Typed, not sent')
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')

    model.answer({ text, continues: true })
    await page.getByRole('button', { name: 'Continue' }).click()
    await untilStatus(page, 'streaming')
    await untilStatus(page, 'done')
    await expectOnlyPrefixes(page, text)
    expect(model.requests.at(-1)!.body.messages.at(-2)).toMatchObject({ role: 'assistant' })
    expect(await page.locator('[data-role=assistant]').count()).toBe(1)
    await page.getByRole('link', { name: 'First' }).click()
    await page.getByText('A short answer.').waitFor()
  })

  test('told to end in mid-answer, it saves the last change, and the answer can be had again', async () => {
    await talk()
    await untilShown(page, middle)
    await page.keyboard.press('F2')
    await page.getByLabel('Title of this chat').fill('Renamed at the last moment')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Renamed at the last moment' }).waitFor()
    const shown = await answerShown(page)
    expect(await app.terminate()).toBe(0)

    await restart()
    await untilStatus(page, 'interrupted')
    expect(await titles()).toEqual(['First', 'Renamed at the last moment'])
    const restored = await answerShown(page)
    expect(text.startsWith(restored)).toBe(true)
    expect(restored.length).toBeGreaterThanOrEqual(shown.length)
    model.answer({ text: 'Another answer.' })
    await page.getByRole('button', { name: 'Try again' }).click()
    await untilStatus(page, 'done')
    expect(await answerShown(page)).toBe('Another answer.')
    await untilSaved(page)
  })

  test('what was typed at the last moment is there after a reload, and then after the end of the app', async () => {
    // The page goes before typing has paused.
    await page.getByLabel('Message').fill('Typed at the last moment')
    await page.reload()
    await expect.poll(() => page.getByLabel('Message').inputValue()).toBe('Typed at the last moment')
    await untilSaved(page)
    await app.kill()
    await restart()
    expect(await page.getByLabel('Message').inputValue()).toBe('Typed at the last moment')
  })

  test('a draft is in every window, and is none any more once it is sent', async () => {
    const second = await app.windowOpenedBy(() => page.getByRole('button', { name: 'New window' }).click())
    const [here, there] = [page.getByLabel('Message'), second.getByLabel('Message')]
    await there.waitFor()
    await here.pressSequentially('From here')
    await expect.poll(() => there.inputValue()).toBe('From here')
    await here.blur()
    await there.press('End')
    await there.pressSequentially(' and from there')
    await expect.poll(() => here.inputValue()).toBe('From here and from there')
    model.answer({ text: 'Yes.' })
    await there.press('Enter')
    await untilStatus(second, 'done')
    await page.getByText('From here and from there').first().waitFor()
    await expect.poll(() => here.inputValue()).toBe('')
    expect(await there.inputValue()).toBe('')
  })
}
