/** Bundles for production, as applications bundle the published package. */
import { join } from 'node:path'
import { rolldown, type Plugin } from 'rolldown'

/** In the package, its `imports` choose this file by the condition `production`. */
const production: Plugin = {
  name: 'production',
  resolveId: (id) =>
    id.endsWith('/development.ts') ? join(import.meta.dirname, '../../src/document/production.ts') : undefined,
}

interface BundleOptions {
  readonly format: 'esm' | 'cjs'
  readonly platform: 'browser' | 'node'
  readonly plugins?: readonly Plugin[]
  readonly minify?: boolean
}

/** Whatever it loads later is in other files beside it. */
export async function bundle(input: string, file: string, options: BundleOptions): Promise<void> {
  const { format, platform, plugins = [], minify = false } = options
  const bundled = await rolldown({
    input,
    external: ['electron'],
    platform,
    tsconfig: false,
    plugins: [...plugins, production],
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
  })
  const [, folder = '', name = ''] = /^(.*)[\\/](.*)$/.exec(file) ?? []
  await bundled.write({ dir: folder, entryFileNames: name, format, minify })
  await bundled.close()
}
