/** Real Electrons, each a process of its own with one contestant in it. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Plugin } from 'rolldown'
import { virtualDisplay } from '../../scripts/runtimes.ts'
import type { Found, Order } from '../electron/protocol.ts'
import { bundle } from './bundle.ts'

const sources = join(import.meta.dirname, '../electron')

/** Where everything lies that runs in a real Electron, bundled. */
export interface Built {
  readonly folder: string
  remove(): void
}

export async function build(): Promise<Built> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-bench-'))
  const node = { format: 'cjs', platform: 'node', plugins: [realElectron(false)] } as const
  const page = { format: 'esm', platform: 'browser', plugins: [realElectron(true)] } as const
  await bundle(join(sources, 'main.ts'), join(folder, 'main.cjs'), node)
  await bundle(join(sources, 'preload.ts'), join(folder, 'preload.cjs'), node)
  const preload = join(import.meta.dirname, '../../src/transports/electron/preload.ts')
  await bundle(preload, join(folder, 'lockstep-preload.cjs'), { ...node, minify: true })
  await bundle(join(sources, 'page.ts'), join(folder, 'page.js'), page)
  for (const name of ['nothing', 'lockstep', 'tab-updated'])
    await bundle(join(sources, `cold/${name}.ts`), join(folder, `cold/${name}.js`), { ...page, minify: true })
  return {
    folder,
    remove() {
      rmSync(folder, { recursive: true })
    },
  }
}

/** The contestants are the same as in the labs; what they take for Electron is the real one. */
function realElectron(isPage: boolean): Plugin {
  return {
    name: 'real-electron',
    resolveId: (id) => {
      if (id.endsWith('lab/electron/main.ts'))
        return isPage ? { id: 'virtual:none' } : { id: 'electron', external: true }
      if (id.endsWith('lab/electron/window.ts'))
        return isPage ? join(sources, 'ipc-of-page.ts') : { id: 'virtual:none' }
      return undefined
    },
    load: (id) =>
      id === 'virtual:none'
        ? 'export const ipcMain = undefined, ipcRenderer = undefined, contextBridge = undefined'
        : undefined,
  }
}

/** @param progress gets what the Electron says of it. */
export function order(path: string, { folder }: Built, what: Order, progress: (text: string) => void): Promise<Found> {
  const command = [
    ...virtualDisplay(),
    path,
    '--no-sandbox',
    `--user-data-dir=${mkdtempSync(join(folder, 'user-'))}`,
    join(folder, 'main.cjs'),
  ]
  const child = spawn(command[0] as string, command.slice(1), {
    env: { ...process.env, BENCH_ORDER: JSON.stringify(what), NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const said = (text: Buffer): void => {
    output += text.toString()
    const now = /PROGRESS (.*)\n/.exec(text.toString())?.[1]
    if (now !== undefined) progress(now)
  }
  child.stdout.on('data', said)
  child.stderr.on('data', said)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', () => {
      const result = /RESULT (.*)/.exec(output)?.[1]
      if (result === undefined) reject(new Error(`Electron said: ${output.slice(-600)}`))
      else resolve(JSON.parse(result) as Found)
    })
  })
}
