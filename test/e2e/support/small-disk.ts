import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system of 4 MB in memory, for tests of a full disk. */
export interface SmallDisk {
  readonly folder: string
  /** Leaves no room. */
  fill(): Promise<void>
  makeRoom(): Promise<void>
  remove(): Promise<void>
}

/** Why there can be none here; only root may mount, and not everywhere. */
export function noSmallDisk(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'mounting a small disk needs root on Linux'
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-disk-'))
  try {
    mount(folder)
    run('umount', folder)
    return undefined
  } catch {
    return 'nothing can be mounted here'
  } finally {
    rmdirSync(folder)
  }
}

export async function smallDisk(): Promise<SmallDisk> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-disk-'))
  mount(folder)
  const filler = join(folder, 'filler')
  return {
    folder,
    async fill() {
      const rest = Buffer.alloc(4096)
      try {
        for (;;) await writeFile(filler, rest, { flag: 'a' })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      }
    },
    async makeRoom() {
      await rm(filler)
    },
    async remove() {
      run('umount', folder)
      await rm(folder, { recursive: true })
    },
  }
}

function mount(folder: string): void {
  run('mount', '-t', 'tmpfs', '-o', 'size=4m,mode=700', 'lockstep-e2e', folder)
}

function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`)
}
