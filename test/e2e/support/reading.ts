import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** Reads what windows show, all the time, as a user who never looks away. */

declare global {
  interface Window {
    /** Each text that the last answer has shown, in order. */
    shownTexts?: string[]
    /** The longest text of the last answer that was on the screen while the window said that everything is saved. */
    savedText?: string
  }
}

/** From now on notes each text that the last answer of the page shows; a page that loads anew begins anew. */
export async function watchAnswers(page: Page): Promise<void> {
  await page.addInitScript(watch)
  await page.evaluate(watch)
}

function watch(): void {
  if (window.shownTexts) return
  const texts: string[] = []
  window.shownTexts = texts
  const note = (): void => {
    const answer = [...document.querySelectorAll('[data-role=assistant]')].at(-1)
    const text = answer?.querySelector('.prose')?.textContent?.trim()
    if (text && text !== texts.at(-1)) texts.push(text)
  }
  new MutationObserver(note).observe(document, { childList: true, characterData: true, subtree: true })
}

/** Each text that was shown was the beginning of `text`, none was shorter than the one before, and the last is all of it. */
export async function expectOnlyPrefixes(page: Page, text: string, atLeast = 5): Promise<void> {
  const shown = await page.evaluate(() => window.shownTexts ?? [])
  expect(shown.length).toBeGreaterThanOrEqual(atLeast)
  let length = 0
  for (const each of shown) {
    if (!text.startsWith(each)) expect(each).toBe(text.slice(0, each.length))
    expect(each.length).toBeGreaterThanOrEqual(length)
    length = each.length
  }
  expect(shown.at(-1)).toBe(text)
}

export async function ask(page: Page, prompt: string): Promise<void> {
  await page.getByLabel('Message').fill(prompt)
  await page.keyboard.press('Enter')
}

/** The text of the last answer as it is shown now. */
export async function answerShown(page: Page): Promise<string> {
  const prose = page.locator('[data-role=assistant]').last().locator('.prose')
  return (await prose.count()) === 0 ? '' : (await prose.innerText()).trim()
}

/** Waits until the last answer shows at least so many characters. */
export async function untilShown(page: Page, characters: number): Promise<void> {
  await page.waitForFunction((wanted) => {
    const answer = [...document.querySelectorAll('[data-role=assistant]')].at(-1)
    return (answer?.querySelector('.prose')?.textContent?.length ?? 0) >= wanted
  }, characters)
}

export async function untilStatus(
  page: Page,
  status: 'streaming' | 'done' | 'stopped' | 'error' | 'interrupted',
): Promise<void> {
  await page.locator(`[data-role=assistant][data-status=${status}]`).last().waitFor()
}

/** From now on notes what the page shows of the last answer while it says that all that it shows is saved. */
export async function watchSaved(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.savedText = ''
    const note = (): void => {
      if (document.querySelector('[data-saving=saved]') === null) return
      const answer = [...document.querySelectorAll('[data-role=assistant]')].at(-1)
      const text = answer?.querySelector('.prose')?.textContent?.trim() ?? ''
      if (text.length > (window.savedText?.length ?? 0)) window.savedText = text
    }
    new MutationObserver(note).observe(document, {
      childList: true,
      characterData: true,
      subtree: true,
      attributes: true,
      attributeFilter: ['data-saving'],
    })
  })
}

/** Waits until so much of the last answer was shown as saved, and returns it. */
export async function untilShownAsSaved(page: Page, characters: number): Promise<string> {
  await page.waitForFunction((wanted) => (window.savedText?.length ?? 0) >= wanted, characters)
  return await page.evaluate(() => window.savedText ?? '')
}

/** Waits until the window says that all that it shows is saved. */
export async function untilSaved(page: Page): Promise<void> {
  await page.locator('[data-saving=saved]').waitFor()
}
