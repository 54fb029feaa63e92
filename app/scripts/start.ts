import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Runtime, findElectron } from '../../scripts/runtimes.ts'

/**
 * Builds and starts the app: in Electron where that can be, else in a browser.
 *
 *   --host electron|browser   does not choose by itself
 *   --port N                  the browser host's port (default: any that is free)
 *   --no-build                starts what has been built before
 */
const { values } = parseArgs({
  options: {
    host: { type: 'string' },
    port: { type: 'string', default: '0' },
    'no-build': { type: 'boolean', default: false },
  },
})

const root = fileURLToPath(new URL('../', import.meta.url))

if (!values['no-build']) {
  // The library first, if this is a fresh checkout.
  if (!existsSync(`${root}../dist/index.js`)) run('npm', ['run', '--silent', 'build'], `${root}..`)
  run(process.execPath, [`${root}scripts/build.ts`], root)
}

const electron: Runtime = values.host === 'browser' ? { reason: 'as asked' } : findElectron()
if (electron.path !== undefined) {
  // Chromium's sandbox refuses to run as root, as in containers and CI.
  const flags = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  start(electron.path, [...flags, `${root}dist/main.cjs`])
} else if (values.host === 'electron') {
  fail(electron.reason)
} else {
  console.log(`Serving to a browser: ${electron.reason}.`)
  start(process.execPath, [`${root}src/hosts/browser.ts`, '--port', values.port])
}

function run(command: string, args: string[], folder: string): void {
  const { status, error } = spawnSync(command, args, {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) fail(error?.message ?? `"${command} ${args.join(' ')}" failed.`)
}

/** Becomes the app, as far as the terminal can tell: its output, its signals, its exit code. */
function start(command: string, args: string[]): void {
  const child = spawn(command, args, { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => fail(error.message))
  child.on('exit', (code) => {
    process.exitCode = code ?? 1
  })
}

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}
