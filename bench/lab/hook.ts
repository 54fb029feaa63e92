/** From here on `electron` is the fake one, for modules of both kinds. Imported first in each thread. */
import { registerHooks } from 'node:module'
import { isMainThread } from 'node:worker_threads'

const fake = new URL(isMainThread ? './electron/main.ts' : './electron/window.ts', import.meta.url).href

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron'
      ? { url: fake, format: 'module-typescript', shortCircuit: true }
      : next(specifier, context),
})
Object.defineProperty(process, 'type', { value: isMainThread ? 'browser' : 'renderer' })
// Nothing ever happens to this window.
if (!isMainThread)
  Object.assign(globalThis, { window: globalThis, self: globalThis, addEventListener() {}, removeEventListener() {} })
