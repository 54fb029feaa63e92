import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pageFile } from './electron-page.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-page-'))
  await mkdir(join(folder, 'ui', 'assets'), { recursive: true })
  await writeFile(join(folder, 'ui', 'index.html'), '<p>page')
  await writeFile(join(folder, 'ui', 'assets', 'a.js'), 'a')
  await writeFile(join(folder, 'ui', 'data.bin'), 'x')
  await writeFile(join(folder, 'secret.js'), 'secret')
})
afterAll(() => rm(folder, { recursive: true }))

function get(url: string): Promise<Response> {
  return pageFile(join(folder, 'ui'))(new Request(url))
}

test('serves the page and its files, with the policy', async () => {
  const page = await get('app://chat/')
  expect(await page.text()).toBe('<p>page')
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
  const script = await get('app://chat/assets/a.js?v=1')
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
})

test.each([
  'app://chat/../secret.js',
  'app://chat/%2e%2e/secret.js',
  'app://chat/..%2fsecret.js',
  'app://chat/assets/..%2f..%2fsecret.js',
  'app://chat/%00',
  'app://chat/%zz',
  'app://chat/none.js',
  'app://chat/assets',
  'app://chat/data.bin',
  'app://other/index.html',
])('serves nothing else: %s', async (url) => {
  const response = await get(url)
  expect(response.status).toBe(404)
  expect(await response.text()).toBe('Not found\n')
})
