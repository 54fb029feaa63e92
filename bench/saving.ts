/** How long saving a state of 20 MB keeps the process from serving windows: the longest gap of its event loop, in ms. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface Gap {
  readonly longest: number
  readonly duration: number
}

const repetitions = 5

/** Prints the figures and returns which of the claims hold. */
export function run(): Readonly<Record<string, boolean>> {
  const home = mkdtempSync(join(tmpdir(), 'lockstep-saving-'))
  const claims: Record<string, boolean> = {}
  for (const kind of ['file', 'sqlite']) {
    const longest: number[] = []
    for (let round = 0; round < repetitions; round++) {
      const script = join(import.meta.dirname, '../test/storage/support/gap.ts')
      const folder = join(home, `${kind} ${round}`)
      const { stdout } = spawnSync(process.execPath, ['--expose-gc', script, kind, folder])
      longest.push((JSON.parse(stdout.toString()) as Gap).longest)
    }
    longest.sort((a, b) => a - b)
    const median = longest[repetitions >> 1] as number
    const spread = `${longest[0]?.toFixed(1)} to ${longest.at(-1)?.toFixed(1)}`
    console.log(`${kind}Storage, 20 MB: longest gap ${median.toFixed(1)} ms (${spread})`)
    claims[`${kind}Storage: saving 20 MB keeps nobody waiting for more than 16 ms`] = median <= 16
  }
  rmSync(home, { recursive: true })
  return claims
}
