/**
 * Real file systems that are shut down without flushing, where the machine allows (Linux, root, loop devices, python3 for
 * the ioctl): `POWER_CUTS=100 npx vitest run test/storage/power-cut [-t xfs]`. The normal suite cuts the power of a
 * simulated disk at every write, and of these a few times.
 */
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { defineStore } from '../../src/index.ts'
import { openSource } from '../../src/source/index.ts'
import { fileStorage, sqliteStorage } from '../../src/storage/index.ts'
import { live } from './support/life.ts'
import { newSeed, random } from './support/random.ts'

const runs = Number(process.env['POWER_CUTS'] ?? 2)
/** EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH; XFS_IOC_GOINGDOWN and its flag have the same numbers. */
const cut = [
  'import fcntl,os,struct,sys,time',
  'folder = os.open(sys.argv[1], os.O_RDONLY)',
  'print(time.monotonic_ns())',
  'fcntl.ioctl(folder, 0x8004587D, struct.pack("I", 2))',
].join('\n')

/** Lets a process save until the power is cut; returns what it was told of last. */
async function saveUntilCut(mount: string, delay: number, args: readonly string[]): Promise<number> {
  const script = join(import.meta.dirname, 'support/child.ts')
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
  let output = ''
  const first = new Promise<void>((resolve) => {
    child.once('close', () => {
      resolve()
    })
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      resolve()
    })
  })
  await first
  await new Promise((resolve) => setTimeout(resolve, delay))
  const time = BigInt(execFileSync('python3', ['-c', cut, mount]).toString().trim())
  await new Promise((resolve) => setTimeout(resolve, 20))
  const closed = new Promise((resolve) => child.once('close', resolve))
  if (child.kill('SIGKILL')) await closed
  // What it was told after that does not count: a sync that is in flight when ext4 is shut down may succeed (jbd2 takes the
  // aborted transaction for a finished one), and after a power cut there is nobody to be told.
  const lines = output.split('\n').map((line) => /^(\d+) (\d+)$/.exec(line))
  return Math.max(0, ...lines.map((line) => (line !== null && BigInt(line[2] ?? 0) < time ? Number(line[1]) : 0)))
}

/** What has it open may take a moment to let go. */
async function unmount(mount: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      execFileSync('umount', [mount])
      return
    } catch (error) {
      if (attempt === 20) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

/** Why a file system cannot be tried here; `undefined` if it can. */
function missing(fileSystem: string): string | undefined {
  const home = mkdtempSync(join(tmpdir(), 'lockstep-power-'))
  try {
    mountNew(home, fileSystem)
    execFileSync('python3', ['--version'], { stdio: 'ignore' })
    execFileSync('umount', [join(home, 'mount')])
    return undefined
  } catch (error) {
    return `it cannot be made and mounted here: ${(error as Error).message.split('\n', 1)[0]}`
  } finally {
    rmSync(home, { recursive: true })
  }
}

/** Makes a file system in a file, and mounts it. */
function mountNew(home: string, fileSystem: string): { readonly image: string; readonly mount: string } {
  const [image, mount] = [join(home, 'image'), join(home, 'mount')]
  mkdirSync(mount)
  execFileSync('truncate', ['-s', fileSystem === 'xfs' ? '320M' : '64M', image])
  execFileSync(`mkfs.${fileSystem}`, ['-q', image], { stdio: 'pipe' })
  execFileSync('mount', ['-o', 'loop', image, mount], { stdio: 'pipe' })
  return { image, mount }
}

describe.each(['ext4', 'xfs'])('%s', (fileSystem) => {
  const reason = missing(fileSystem)
  test.skipIf(reason !== undefined).each([
    ['file', 'folding'],
    ['file', 'appending'],
    ['sqlite', 'folding'],
    ['sqlite', 'appending'],
  ] as const)(
    `${runs} power cuts while %sStorage is %s: nothing acknowledged is lost${reason === undefined ? '' : ` (skipped: ${reason})`}`,
    async (kind, how) => {
      const seed = newSeed()
      const { below } = random(seed)
      const home = mkdtempSync(join(tmpdir(), 'lockstep-power-'))
      const { image, mount } = mountNew(home, fileSystem)
      const place = join(mount, 'data')
      for (let run = 0; run < runs; run++) {
        const context = `SEED=${seed}, run ${run}`
        if (run > 0) execFileSync('mount', ['-o', 'loop', image, mount])
        let told: number
        try {
          told = await saveUntilCut(mount, below(200), [kind, place, how])
        } finally {
          await unmount(mount)
        }
        execFileSync('mount', ['-o', 'loop', image, mount])
        try {
          const storage = kind === 'sqlite' ? sqliteStorage(place) : fileStorage(place)
          if (how === 'folding') {
            const { found, damage, errors } = await live(storage, 0)
            expect(errors, context).toEqual([])
            expect(
              damage.filter((part) => part.kind !== 'unfinished'),
              context,
            ).toEqual([])
            expect(found, context).toBeGreaterThanOrEqual(told)
          } else {
            const definition = defineStore('notes', { state: () => ({ count: 0, text: '' }) })
            const source = await openSource(definition, { storage })
            expect(source.opened.recovered, context).toBeUndefined()
            expect(source.get().count, context).toBeGreaterThanOrEqual(told)
            expect(source.get().text.length, context).toBe(source.get().count)
            await source.close()
          }
        } finally {
          await unmount(mount)
        }
      }
      rmSync(home, { recursive: true })
    },
    runs * 20_000 + 1000,
  )
})
