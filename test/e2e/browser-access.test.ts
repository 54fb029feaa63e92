import { get } from 'node:http'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { findChromium } from '../../scripts/runtimes.ts'
import { type BrowserHost, chromiumFlags, startBrowserHost } from './support/hosts.ts'

function statusFor(url: URL, hostHeader: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { host: hostHeader } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    }).on('error', reject)
  })
}

/** Who gets in at the browser host: whoever has its link, once, and then whoever got in. */

const { path, reason } = findChromium()

describe.skipIf(path === undefined)(`access to the browser host${reason === undefined ? '' : `: ${reason}`}`, () => {
  let browser: Browser
  let host: BrowserHost
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: path!, args: [...chromiumFlags] })
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    host = await startBrowserHost({})
  })
  afterEach(() => host.close())

  test('the link lets in, its token leaves the address, and a reload or another window needs none', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(host.url)
    await page.getByLabel('Message').waitFor()
    expect(page.url()).toBe(new URL('/', host.url).href)
    await page.reload()
    await page.getByLabel('Message').waitFor()
    const other = await context.newPage()
    await other.goto(new URL('/', host.url).href)
    await other.getByLabel('Message').waitFor()
    await context.close()
  })

  test('a link that was used lets nobody else in, and neither does none', async () => {
    const first = await browser.newPage()
    await first.goto(host.url)
    await first.getByLabel('Message').waitFor()
    for (const url of [host.url, new URL('/', host.url).href]) {
      const stranger = await browser.newPage()
      await stranger.goto(url)
      await stranger.getByText('open the link that the app has printed').waitFor()
      expect(await stranger.getByLabel('Message').count()).toBe(0)
      await stranger.close()
    }
    await first.close()
  })

  test('the page is served under its own address only, with the policy', async () => {
    const page = await fetch(new URL('/', host.url))
    expect(page.status).toBe(200)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
    // As a foreign page asks that has had its own name point here.
    expect(await statusFor(new URL('/', host.url), 'evil.example')).toBe(421)
  })

  test('when the host has gone, the page says so and keeps what it shows', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(host.url)
    await page.getByLabel('Message').waitFor()
    await host.close()
    await page.getByText('Connection lost').waitFor()
    expect(await page.getByLabel('Message').count()).toBe(1)
    await context.close()
  })
})
