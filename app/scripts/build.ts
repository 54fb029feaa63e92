import { copyFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { build } from 'vite'

/** Builds the page (for both hosts) and Electron's main process into dist/. The browser's host runs from its source. */

const root = fileURLToPath(new URL('../', import.meta.url))
const { resolve } = createRequire(import.meta.url)

await rm(`${root}dist`, { recursive: true, force: true })
await build({ root: `${root}src/ui`, configFile: `${root}vite.config.ts`, logLevel: 'warn' })

// One CommonJS file: Electron 25 cannot load a main process that is a module.
const bundle = await rolldown({
  input: `${root}src/hosts/electron.ts`,
  platform: 'node',
  external: ['electron'],
  transform: { target: 'node18' },
})
await bundle.write({ file: `${root}dist/main.cjs`, format: 'cjs', codeSplitting: false })
await bundle.close()
await copyFile(resolve('lockstep/electron/preload'), `${root}dist/preload.cjs`)
