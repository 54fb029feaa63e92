import { SyncError } from '../../error.ts'
import type { FakePage } from './page.ts'
import type { World } from './world.ts'

/**
 * Runs a preload script in a page: the function that the test has given for the file, or the file itself, as a sandbox
 * does: one CommonJS file that can require next to nothing.
 */
export async function runPreload(world: World, page: FakePage, file: string): Promise<void> {
  const given = Object.hasOwn(world.preloads, file) ? world.preloads[file] : undefined
  if (given !== undefined) {
    await page.run(given)
    return
  }
  const { readFile } = await import('node:fs/promises')
  const { compileFunction } = await import('node:vm')
  const modules = new Map<string, unknown>([
    ['events', await import('node:events')],
    ['timers', await import('node:timers')],
    ['url', await import('node:url')],
  ])
  const allowed = [...modules.keys()].join(', ')
  const code = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SyncError(
      'setup',
      `The preload script ${JSON.stringify(file)} cannot be read. Build it first, or give a function for it: fakeElectron({ preloads: { [file]: () => … } })`,
      { cause },
    )
  })
  modules.set('electron', {
    ipcRenderer: page.ipcRenderer,
    contextBridge: page.contextBridge,
    webFrame: {},
    webUtils: {},
    crashReporter: {},
    nativeImage: {},
  })
  const require = (name: string): unknown => {
    const bare = name.replace(/^node:/, '')
    if (modules.has(bare)) return modules.get(bare)
    throw new Error(`module not found: ${name} (a sandboxed preload can require electron, ${allowed}: bundle the rest)`)
  }
  const module = { exports: {} }
  const { window } = page
  const names = { require, module, exports: module.exports, window, self: window, globalThis: window }
  const methods = {
    addEventListener: window.addEventListener,
    removeEventListener: window.removeEventListener,
    postMessage: window.postMessage,
    location: window['location'],
  }
  const scope: Record<string, unknown> = { ...names, ...methods, process: { type: 'renderer', sandboxed: true } }
  const script = compileFunction(code, Object.keys(scope), { filename: file }) as (...args: unknown[]) => void
  page.run(() => script(...Object.values(scope)))
}
