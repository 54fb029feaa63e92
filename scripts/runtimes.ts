/** Where the real browser and the real Electron are that end-to-end tests drive. Nothing is ever downloaded here. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The executable, or in one sentence why there is none. */
export type Runtime =
  | { readonly path: string; readonly reason?: undefined }
  | { readonly path?: undefined; readonly reason: string }

const chromiums: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome-stable',
    '/usr/bin/google-chrome',
    '/snap/bin/chromium',
    '/usr/bin/microsoft-edge',
  ],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    String.raw`C:\Program Files\Google\Chrome\Application\chrome.exe`,
    String.raw`C:\Program Files (x86)\Google\Chrome\Application\chrome.exe`,
    String.raw`C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`,
  ],
}

/** `LOCKSTEP_CHROMIUM`, or a Chromium in one of its usual places. */
export function findChromium(): Runtime {
  const wanted = process.env['LOCKSTEP_CHROMIUM']
  if (wanted) return existsSync(wanted) ? { path: wanted } : { reason: `LOCKSTEP_CHROMIUM is ${wanted}: no such file` }
  const path = chromiums[process.platform]?.find((candidate) => existsSync(candidate))
  return path === undefined ? { reason: 'no Chromium is installed (or name one in LOCKSTEP_CHROMIUM)' } : { path }
}

/**
 * The Electron in the folder `ELECTRON_OVERRIDE_DIST_PATH`, or the binary of the installed `electron` package; and a
 * display to show its windows on.
 */
export function findElectron(display: boolean = hasDisplay()): Runtime {
  const electron = findElectronBinary()
  if (electron.path === undefined || display) return electron
  return { reason: 'Electron has no display (set DISPLAY, or install xvfb and use `npm run test:e2e`)' }
}

function findElectronBinary(): Runtime {
  const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  if (folder) {
    const path = join(folder, electronFile())
    return existsSync(path) ? { path } : { reason: `ELECTRON_OVERRIDE_DIST_PATH is ${folder}: no Electron is in it` }
  }
  try {
    const home = dirname(createRequire(import.meta.url).resolve('electron/package.json'))
    const path = join(home, 'dist', readFileSync(join(home, 'path.txt'), 'utf8').trim())
    if (existsSync(path)) return { path }
  } catch {
    // Not installed, or not downloaded yet: the same answer.
  }
  return { reason: "Electron's binary is not here (`npx install-electron` downloads it)" }
}

function electronFile(): string {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron'
  return process.platform === 'win32' ? 'electron.exe' : 'electron'
}

function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'])
}

/** What to put before a command that shows windows: a virtual display where there is none, if it is installed. */
export function virtualDisplay(): readonly string[] {
  if (hasDisplay() || spawnSync('xvfb-run', ['--help'], { stdio: 'ignore' }).status !== 0) return []
  // Without -noreset the display begins anew whenever its last window closes, between any two tests.
  return ['xvfb-run', '-a', '-s', '-screen 0 1440x900x24 -noreset']
}
