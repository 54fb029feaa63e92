import { copyFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { build } from 'vite'

/** Builds the page (for both hosts) and Electron's main process into dist/. The browser's host runs from its source. */

const root = fileURLToPath(new URL('../', import.meta.url))
const { resolve } = createRequire(import.meta.url)

await rm(`${root}dist`, { recursive: true, force: true })
await build({ root: `${root}src/ui`, configFile: `${root}vite.config.ts`, logLevel: 'warn' })

// One CommonJS file: Electron 25 cannot load a main process that is a module, and lockstep is one.
await bundle(`${root}src/hosts/electron.ts`, 'main.cjs', 'cjs')
// The thread of `sqliteStorage`. It is looked for beside the file that starts it, which is now that bundle.
await bundle(join(dirname(resolve('lockstep/storage')), 'sqlite-worker.js'), 'sqlite-worker.js', 'esm')
await copyFile(resolve('lockstep/electron/preload'), `${root}dist/preload.cjs`)

async function bundle(input: string, file: string, format: 'cjs' | 'esm'): Promise<void> {
  const built = await rolldown({ input, platform: 'node', external: ['electron'], transform: { target: 'node18' } })
  await built.write({ file: `${root}dist/${file}`, format, codeSplitting: false })
  await built.close()
}
