import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { expect, test } from 'vitest'

const dist = join(import.meta.dirname, '../../dist')

test('lockstep/electron/renderer with all that it imports is at most 8 kB, minified and gzipped', async () => {
  // As Vite and webpack bundle it for production.
  const bundle = await rolldown({
    input: join(dist, 'transports/electron/renderer.js'),
    platform: 'browser',
    resolve: { conditionNames: ['production', 'browser', 'import', 'default'] },
  })
  const { output } = await bundle.generate({ format: 'esm', minify: true })
  await bundle.close()
  const [entry, ...rest] = output
  const others = rest.filter((file) => file.type === 'chunk')
  expect(entry.imports).toEqual([])
  const zipped = size('lockstep/electron/renderer', entry.code)
  expect(zipped).toBeLessThanOrEqual(8_000)
  // Not to the byte, since machines zip differently.
  const [, said] =
    /\((\d,\d{3}) bytes minified and gzipped\)/.exec(readFileSync(join(dist, '../README.md'), 'utf8')) ?? []
  expect(Math.abs(Number(said?.replace(',', '')) - zipped)).toBeLessThan(50)
  // What is loaded only when somebody calls diagnose(): one file, which takes nothing out of the other.
  expect(others.map(({ name, imports }) => [name, imports])).toEqual([['diagnose', []]])
  size('diagnose()', others[0]!.code)
})

test('the preload is one file of at most 1 kB that needs nothing but electron', () => {
  const file = join(dist, 'transports/electron/preload.cjs')
  expect(existsSync(file)).toBe(true)
  const code = readFileSync(file, 'utf8')
  expect([...code.matchAll(/require\((.*?)\)/g)].map(([, name]) => name?.slice(1, -1))).toEqual(['electron'])
  size('lockstep/electron/preload', code)
  expect(Buffer.byteLength(code)).toBeLessThanOrEqual(1_000)
})

function size(name: string, code: string): number {
  const zipped = gzipSync(code, { level: 9 }).length
  console.log(`${name}: ${Buffer.byteLength(code)} bytes minified, ${zipped} gzipped`)
  return zipped
}
