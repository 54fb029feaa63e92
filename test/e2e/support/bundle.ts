import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

/** Bundles a fixture for a page (`.js`) or for Electron's main process and preload scripts (`.cjs`). */
export async function bundle(input: URL, file: string): Promise<void> {
  const isPage = file.endsWith('.js')
  const bundled = await rolldown({
    input: fileURLToPath(input),
    external: ['electron'],
    platform: isPage ? 'browser' : 'node',
    tsconfig: false,
  })
  await bundled.write({ file, format: isPage ? 'esm' : 'cjs', codeSplitting: false })
  await bundled.close()
}
