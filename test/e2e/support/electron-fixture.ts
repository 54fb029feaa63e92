/** The small application of electron-security/, built and started. */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { _electron, type ElectronApplication } from 'playwright-core'
import { rolldown } from 'rolldown'
import type { Replica } from '../../../src/replica/index.ts'
import type { Fixture } from '../electron-security/main.ts'

declare global {
  var fixture: Fixture
  interface Window {
    counter: Replica<{ count: number }, { add(): number }>
    forger: { send(channel: string, message: unknown): void; readonly isSandboxed: boolean }
  }
}

/** @returns the running application, and the folder that it is in, to be removed after it. */
export async function launchFixture(): Promise<{ app: ElectronApplication; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-security-'))
  const build = async (file: URL, name: string): Promise<void> => {
    const isPage = name === 'page'
    const bundle = await rolldown({
      input: { [name]: fileURLToPath(file) },
      external: ['electron'],
      platform: isPage ? 'browser' : 'node',
      tsconfig: false,
    })
    // A page's scripts load others when they need them; main and preload scripts are one file each.
    if (isPage) await bundle.write({ dir: folder, format: 'esm' })
    else await bundle.write({ dir: folder, format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false })
    await bundle.close()
  }
  await build(new URL('../electron-security/main.ts', import.meta.url), 'main')
  await build(new URL('../electron-security/forger.ts', import.meta.url), 'forger')
  await build(new URL('../electron-security/page.ts', import.meta.url), 'page')
  await build(new URL('../../../src/transports/electron/preload.ts', import.meta.url), 'preload')
  // Without `executablePath`: see hosts.ts.
  const app = await _electron.launch({
    timeout: 60_000,
    args: ['--no-sandbox', `--user-data-dir=${join(folder, 'data')}`, join(folder, 'main.cjs')],
  })
  await app.evaluate(({ app: self }) => self.whenReady())
  return { app, folder }
}
