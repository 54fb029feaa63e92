import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshFolder, mainFile, startBrowserHost } from './support/hosts.ts'

/**
 * The built main process is one file, and SQLite runs in a thread with a file of its own: here it is found. In place of an
 * Electron that has SQLite, Node runs it.
 */

let data: string
beforeAll(async () => {
  data = await freshFolder()
})
afterAll(() => rm(data, { recursive: true, force: true }))

async function run(): Promise<{ stdout: string; stderr: string }> {
  const electron = join(import.meta.dirname, 'support/newer-electron.cjs')
  return await promisify(execFile)(process.execPath, ['--require', electron, mainFile], {
    env: { ...process.env, LOCKSTEP_CHAT_DATA: data },
  })
}

/** The first window that a run opens. */
async function windowOfRun(): Promise<unknown> {
  const { stdout, stderr } = await run()
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

test('the built app keeps its data in a database, where there is SQLite', async () => {
  expect(await windowOfRun()).toEqual({ url: 'app://chat/', width: 1120, height: 780 })
  expect(existsSync(join(data, 'chat.db'))).toBe(true)
  expect(await windowOfRun()).toEqual({ url: 'app://chat/', x: 120, y: 130, width: 800, height: 640 })
})

test('an app that finds its data in use says whose it is, and ends', async () => {
  const host = await startBrowserHost({}, data)
  try {
    await expect(run()).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(`chat\\.db is in use by the process ${host.pid};[^\n]+LOCKSTEP_CHAT_DATA\\.\n`),
    })
  } finally {
    await host.close()
  }
})
