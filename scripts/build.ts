/**
 * src -> dist: `tsc` file for file, then the preload as one CommonJS bundle, since a sandboxed preload can load nothing
 * else. Built beside dist and swapped in at the end, so that a build that fails leaves the old one.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
const fresh = join(root, `.dist-${process.pid}`)

async function bundlePreload(): Promise<void> {
  const bundle = await rolldown({
    input: join(root, 'src/transports/electron/preload.ts'),
    external: ['electron'],
    platform: 'browser',
    tsconfig: false,
  })
  const folder = join(fresh, 'transports/electron')
  await bundle.write({ file: join(folder, 'preload.cjs'), format: 'cjs', minify: true })
  await bundle.close()
  writeFileSync(join(folder, 'preload.d.cts'), 'export {}\n')
}

function compile(): void {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', fresh], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('tsc found errors')
}

try {
  mkdirSync(fresh, { recursive: true })
  compile()
  await bundlePreload()
  const old = `${fresh}-old`
  if (existsSync(dist)) renameSync(dist, old)
  renameSync(fresh, dist)
  rmSync(old, { recursive: true, force: true })
} catch (error) {
  console.error(`Build failed: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  rmSync(fresh, { recursive: true, force: true })
}
