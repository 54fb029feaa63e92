import { describe, expect, test, vi } from 'vitest'
import { fileStorage } from '../../src/storage/index.ts'
import { fakeClock } from '../../src/testing/clock.ts'
import { Disk, keepPrefix } from './support/disk.ts'
import { FaultyFileSystem, type Call, type Fault } from './support/faults.ts'
import { live, type Life } from './support/life.ts'

// Many small cases, on machines that do other things besides.
vi.setConfig({ testTimeout: 60_000 })

const folder = '/data'
/** Retries of a rename wait for nothing here. */
const clock = { ...fakeClock(), schedule: (run: () => void) => (queueMicrotask(run), () => undefined) }

async function run(
  disk: Disk,
  fault: (call: Call) => Fault | undefined,
  steps = 12,
): Promise<Life & { calls: number }> {
  const fileSystem = new FaultyFileSystem(disk, fault)
  const life = await live(fileStorage(folder, { fileSystem, clock }), steps)
  return { ...life, calls: fileSystem.calls }
}

/** Whatever went wrong: what was acknowledged is there, now and after a power cut. */
async function check(disk: Disk, life: Life, context: string): Promise<void> {
  for (const copy of [disk.copy(), disk.afterPowerCut(keepPrefix(0)), disk.afterPowerCut(keepPrefix(1000))]) {
    const processes = { pid: 1, mark: async () => 'm1', isRunning: async () => false }
    const next = await live(fileStorage(folder, { fileSystem: copy, processes }), 3)
    expect(next.errors, context).toEqual([])
    expect(next.found, context).toBeGreaterThanOrEqual(life.acknowledged)
    expect(next.found, context).toBeLessThanOrEqual(life.attempted)
  }
}

const faults: readonly (readonly [string, Fault, (call: Call) => boolean])[] = [
  [
    'ENOSPC',
    { fails: 'ENOSPC' },
    ({ operation }) => ['file.write', 'open', 'makeFolder', 'rename'].includes(operation),
  ],
  ['EIO', { fails: 'EIO' }, () => true],
  ['EIO, although it was done', { fails: 'EIO', after: true }, () => true],
  ['EACCES', { fails: 'EACCES' }, () => true],
  ['EMFILE', { fails: 'EMFILE' }, ({ operation }) => operation === 'open'],
  ['EPERM on rename', { fails: 'EPERM' }, ({ operation }) => operation === 'rename'],
  ['EBUSY on rename', { fails: 'EBUSY' }, ({ operation }) => operation === 'rename'],
  ['EXDEV on rename', { fails: 'EXDEV' }, ({ operation }) => operation === 'rename'],
  ['EPERM on rename, although it was done', { fails: 'EPERM', after: true }, ({ operation }) => operation === 'rename'],
  ['short writes of 1 byte', { short: 1 }, ({ operation }) => operation === 'file.write'],
  ['writes of nothing', { short: 0 }, ({ operation }) => operation === 'file.write'],
]

describe.each(faults)('%s', (_, fault, concerns) => {
  test('once, at any call: no acknowledgement lies, and it goes on', async () => {
    let points = 0
    for (let at = 0; ; at++) {
      const disk = new Disk()
      let hit = false
      const life = await run(disk, (call) => (call.index === at && (hit = concerns(call)) ? fault : undefined))
      if (life.calls <= at) break
      if (!hit) continue
      points++
      await check(disk, life, `call ${at}`)
      // What failed once is made up for by the next step.
      if (life.ended === 'normally') expect(life.acknowledged, `call ${at}`).toBeGreaterThanOrEqual(11)
    }
    expect(points).toBeGreaterThan(1)
  })

  test('from any call on, for good: the old state stays readable, and no acknowledgement lies', async () => {
    for (let at = 0; ; at++) {
      const disk = new Disk()
      const before = await run(disk, () => undefined, 7)
      const life = await run(disk, (call) => (call.index >= at && concerns(call) ? fault : undefined))
      await check(
        disk,
        {
          ...life,
          acknowledged: Math.max(before.acknowledged, life.acknowledged),
          attempted: Math.max(before.attempted, life.attempted),
        },
        `from call ${at} on`,
      )
      if (life.calls <= at) break
    }
  })
})

test('a disk that is full: what fits is kept, nothing is destroyed, and it goes on when there is room again', async () => {
  for (let capacity = 0; capacity < 3000; capacity += 17) {
    const disk = new Disk()
    disk.capacity = capacity
    const life = await run(disk, () => undefined, 14)
    for (const error of life.errors) expect(error).toMatchObject({ code: 'storage-failed' })
    await check(disk, life, `${capacity} bytes`)
    disk.capacity = 100_000
    const next = await run(disk, () => undefined, 2)
    expect(next.errors).toEqual([])
    expect(next.acknowledged).toBe(next.found + 2)
  }
})

test.each(['EPERM', 'EACCES', 'EBUSY'])(
  'a file that is held for a moment (%s) is waited for: nobody is told',
  async (code) => {
    const attempts = new Map<string, number>()
    const life = await run(new Disk(), ({ operation, path }) => {
      if (operation !== 'rename') return undefined
      const attempt = (attempts.get(path) ?? 0) + 1
      attempts.set(path, attempt)
      return attempt <= 5 ? { fails: code } : undefined
    })
    expect(life).toMatchObject({ errors: [], acknowledged: 12, ended: 'normally' })
    expect([...attempts]).toEqual([1, 2, 3].map((number) => [`/data/store-tabs/${number}.snapshot`, 6]))
  },
)

test('an error says where and why, and keeps its cause', async () => {
  const disk = new Disk()
  await run(disk, () => undefined)
  const life = await run(disk, ({ operation }) => (operation === 'file.write' ? { fails: 'ENOSPC' } : undefined), 1)
  expect(life.errors[0]).toMatchObject({ code: 'storage-failed', cause: { code: 'ENOSPC' } })
  expect(life.errors[0]?.message).toMatch(/^\/data\/store-tabs cannot be written: the disk is full/)
})

test('what cannot be read is not taken for empty', async () => {
  const disk = new Disk()
  await run(disk, () => undefined)
  for (const operation of ['file.read', 'list', 'kind', 'open', 'file.length']) {
    const life = await run(disk, (call) => (call.operation === operation ? { fails: 'EIO' } : undefined))
    expect(life, operation).toMatchObject({ ended: 'not opened', errors: [{ code: 'storage-failed' }] })
  }
  expect((await run(disk, () => undefined, 0)).found).toBe(12)
})
