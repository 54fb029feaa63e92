/**
 * src -> dist: `tsc` file for file, then the preload as one CommonJS bundle, since a sandboxed preload can load nothing
 * else; and the choice between development and production is left to the package's `imports`. Built beside dist and swapped in at the end, so that a build that fails leaves the old one.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
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

/** In src it is an ordinary file, so that tests and benchmarks run without a build. */
function letImportsChoose(): void {
  for (const name of readdirSync(fresh, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'))) {
    const file = join(fresh, name)
    writeFileSync(file, readFileSync(file, 'utf8').replace(/from '[^']*\/development\.js'/, `from '#development'`))
  }
}

try {
  mkdirSync(fresh, { recursive: true })
  compile()
  letImportsChoose()
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
