import { describe, expect, test, vi } from 'vitest'
import { fileStorage } from '../../src/storage/index.ts'
import { Disk, keepPrefix, keepSome } from './support/disk.ts'
import { FaultyFileSystem, type Fault } from './support/faults.ts'
import { live, type Life } from './support/life.ts'
import { newSeed, random } from './support/random.ts'

// Many small cases, on machines that do other things besides.
vi.setConfig({ testTimeout: 60_000 })

const folder = '/data'
const home = '/data/store-tabs'

/** Runs one life on a disk in which the call of that number is the last. */
async function killed(
  disk: Disk,
  at: number,
  dies: 'before' | 'after' | 'amid',
  steps = 30,
): Promise<{ life: Life; calls: number }> {
  const fileSystem = new FaultyFileSystem(disk, ({ index }): Fault | undefined => (index === at ? { dies } : undefined))
  const life = await live(fileStorage(folder, { fileSystem, processes: processOf(at) }), steps)
  return { life, calls: fileSystem.calls }
}

/** Each life is a process of its own, and all before it have died. */
function processOf(id: number): { pid: number; mark(): Promise<string>; isRunning(): Promise<boolean> } {
  return { pid: id + 1, mark: async () => 'm1', isRunning: async () => false }
}

/** Opens what a crash has left: all that was acknowledged has to be there, and it has to go on. */
async function check(disk: Disk, before: Life, context: string): Promise<void> {
  const next = await live(fileStorage(folder, { fileSystem: disk, processes: processOf(1_000_000) }), 3)
  expect(next.errors, context).toEqual([])
  expect(next.found, context).toBeGreaterThanOrEqual(before.acknowledged)
  expect(next.found, context).toBeLessThanOrEqual(before.attempted)
  const last = await live(fileStorage(folder, { fileSystem: disk, processes: processOf(1_000_001) }), 0)
  expect(last.found, context).toBe(next.attempted)
  expect(last.damage, context).toEqual([])
}

describe('a process that dies', () => {
  test.each(['before', 'after', 'amid'] as const)(
    '%s any call: nothing acknowledged is lost, nothing is left over',
    async (dies) => {
      let points = 0
      for (let at = 0; ; at++) {
        const disk = new Disk()
        const { life, calls } = await killed(disk, at, dies)
        if (life.ended === 'normally' && calls <= at) break
        points++
        const context = `killed ${dies} call ${at}`
        const next = await live(fileStorage(folder, { fileSystem: disk, processes: processOf(-2) }), 0)
        expect(
          next.damage.filter(({ kind }) => kind !== 'unfinished'),
          context,
        ).toEqual([])
        for (const name of disk.files(home).keys()) expect(name, context).toMatch(/^\d+\.(?:snapshot|journal)$/)
        expect(disk.files(home).size, context).toBeLessThanOrEqual(4)
        await check(disk, life, context)
      }
      expect(points).toBeGreaterThan(90)
    },
  )

  test('twice: in the recovery from the first death as well', async () => {
    for (let first = 0; first < 190; first += 3) {
      for (let second = 0; second < 40; second += 2) {
        const disk = new Disk()
        const one = (await killed(disk, first, 'amid')).life
        const two = (await killed(disk, second, 'after', 3)).life
        const known = Math.max(one.acknowledged, two.acknowledged)
        const attempted = Math.max(one.attempted, two.attempted)
        await check(disk, { ...two, acknowledged: known, attempted }, `killed at ${first}, then at ${second}`)
      }
    }
  })
})

describe('a power cut', () => {
  test('at any call, with any prefix of what was not synced: nothing acknowledged is lost', async () => {
    let runs = 0
    for (let at = 0; ; at++) {
      const disk = new Disk()
      const { life, calls } = await killed(disk, at, 'after')
      if (life.ended === 'normally' && calls <= at) break
      for (let prefix = 0; prefix <= disk.unsynced; prefix++) {
        await check(disk.afterPowerCut(keepPrefix(prefix)), life, `after call ${at}, ${prefix} unsynced changes kept`)
        runs++
      }
    }
    expect(runs).toBeGreaterThan(200)
  })

  test('with writes torn, zeroed, lost and reordered: nothing acknowledged is lost', async () => {
    const seed = newSeed()
    const chance = random(seed)
    for (let run = 0; run < Number(process.env['POWER_CUTS'] ?? 2000); run++) {
      const disk = new Disk()
      const at = chance.below(220)
      const { life } = await killed(disk, at, 'amid')
      await check(disk.afterPowerCut(keepSome(chance)), life, `SEED=${seed}, run ${run}, call ${at}`)
    }
  })
})
