import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { browserHostFile, freshFolder, hosts, startBrowserHost } from './support/hosts.ts'
import { untilSaved } from './support/reading.ts'
import { type SmallDisk, noSmallDisk, smallDisk } from './support/small-disk.ts'

/** What the app says when its data cannot be saved, or not be had. */

for (const { name, runtime, start } of hosts) {
  const missing = runtime.reason ?? noSmallDisk()
  describe.skipIf(missing !== undefined)(`a full disk in ${name}${missing === undefined ? '' : `: ${missing}`}`, () => {
    let disk: SmallDisk
    beforeEach(async () => {
      disk = await smallDisk()
    })
    afterEach(() => disk.remove())

    function type(page: Page, text: string): Promise<void> {
      return page.getByLabel('Message').fill(text)
    }

    test('the window says so until there is room again; nothing is lost', async () => {
      const environment = { LOCKSTEP_CHAT_DATA: disk.folder }
      let app = await start(environment)
      let { page } = app
      await page.getByLabel('Message').waitFor()
      await untilSaved(page)
      await disk.fill()
      // More than what may be left in a page of the disk that is in use already.
      await type(page, 'x'.repeat(100_000))
      const warning = page.getByText('Changes are not being saved')
      await warning.waitFor()
      await page.locator('[data-saving=failed]').waitFor()
      await page.getByText('the disk is full').waitFor()
      await type(page, 'What was typed last')
      await disk.makeRoom()
      await warning.waitFor({ state: 'detached' })
      await untilSaved(page)
      await app.kill()

      app = await start(environment)
      page = app.page
      await page.getByLabel('Message').waitFor()
      expect(await page.getByLabel('Message').inputValue()).toBe('What was typed last')
      await app.close()
    })
  })
}

describe('a start that cannot be', () => {
  let data: string
  beforeEach(async () => {
    data = await freshFolder()
  })
  afterEach(() => rm(data, { recursive: true, force: true }))

  async function run(folder: string): Promise<{ code: number | null; output: string }> {
    const child = spawn(process.execPath, [browserHostFile], {
      env: { ...process.env, LOCKSTEP_CHAT_DATA: folder },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const [output, [code]] = await Promise.all([textOf(child.stderr), once(child, 'exit') as Promise<[number | null]>])
    return { code, output }
  }

  test('a second process is told who has the data', async () => {
    const host = await startBrowserHost({}, data)
    const { code, output } = await run(data)
    await host.close()
    expect(output).toMatch(
      new RegExp(
        `^Lockstep Chat cannot start: .*chat\\.db is in use by the process ${host.pid};.*LOCKSTEP_CHAT_DATA\\.\n$`,
      ),
    )
    expect(code).toBe(1)
  })

  test('a file where the folder should be', async () => {
    const file = join(data, 'file')
    await writeFile(file, '')
    const { code, output } = await run(file)
    expect(output).toMatch(/^Lockstep Chat cannot start: [^\n]+file[^\n]*\n$/)
    expect(code).toBe(1)
  })
})
