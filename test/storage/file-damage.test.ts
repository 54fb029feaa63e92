/** Bits that rot: whatever single byte of a store's files is another, a state that was is loaded, and the loss is told. */
import { Buffer } from 'node:buffer'
import { expect, test, vi } from 'vitest'
import { fileStorage } from '../../src/storage/index.ts'
import { Disk } from './support/disk.ts'
import { count, openNotes } from './support/notes.ts'

// Many small cases, on machines that do other things besides.
vi.setConfig({ testTimeout: 60_000 })

const home = '/data/store-notes'
const commits = 3

test('any byte of a snapshot or a journal', async () => {
  const files = await stored()
  expect([...files.keys()].sort()).toEqual(['1.journal', '1.snapshot'])
  for (const [name, content] of files) {
    for (let at = 0; at < content.length; at++) {
      const disk = await emptyDisk()
      for (const [other, bytes] of files) disk.write(home, other, bytes)
      const rotten = Buffer.from(content)
      // A digit becomes another digit, so that what is there can still be read.
      rotten[at]! ^= 1
      disk.write(home, name, rotten)
      const { source } = await openNotes(fileStorage('/data', { fileSystem: disk }))
      const { count: found, texts } = source.get()
      const where = `byte ${at} of ${name}`
      expect([found, ...texts.values()], where).toEqual([found, 'x'.repeat(found)])
      expect(found, where).toBeLessThan(commits)
      expect(source.opened.recovered?.damage.length, where).toBeGreaterThan(0)
      await source.close()
    }
  }
})

test('what is damaged is set aside as it was found, once what was loaded is stored', async () => {
  const disk = await emptyDisk()
  const found = new Map<string, Buffer>()
  for (const [name, content] of await stored()) {
    const rotten = Buffer.from(content)
    rotten[rotten.length - 2]! ^= 1
    disk.write(home, name, rotten)
    found.set(`${home}/${name}`, rotten)
  }
  const { source } = await openNotes(fileStorage('/data', { fileSystem: disk }))
  const damage = source.opened.recovered?.damage ?? []
  expect(damage.map(({ location }) => location).sort()).toEqual([...found.keys()].sort())
  await source.close()
  const files = disk.files(home)
  for (const { location, quarantine } of damage) {
    expect(Buffer.from(files.get(quarantine!.slice(home.length + 1)) ?? []), location).toEqual(found.get(location))
  }
})

test('a record that is good, and of another journal', async () => {
  const [files, others] = [await stored(), await stored('y')]
  const lines = files.get('1.journal')!.toString().split('\n')
  // A header, and then two lines a record.
  lines.splice(3, 2, ...others.get('1.journal')!.toString().split('\n').slice(3, 5))
  const disk = await emptyDisk()
  disk.write(home, '1.snapshot', files.get('1.snapshot')!)
  disk.write(home, '1.journal', Buffer.from(lines.join('\n')))
  const { source } = await openNotes(fileStorage('/data', { fileSystem: disk }))
  expect(source.get()).toEqual({ count: 1, texts: new Map([['a', 'x']]) })
  expect(source.opened.recovered?.damage).toMatchObject([{ kind: 'journal' }])
  await source.close()
})

async function stored(letter = 'x'): Promise<Map<string, Buffer>> {
  const disk = new Disk()
  const { source } = await openNotes(fileStorage('/data', { fileSystem: disk }))
  await source.saved()
  for (let commit = 0; commit < commits; commit++) {
    count(source)
    source.append(['texts', 'a'], letter)
    await source.saved()
  }
  await source.close()
  return new Map([...disk.files(home)].map(([name, content]) => [name, Buffer.from(content)]))
}

async function emptyDisk(): Promise<Disk> {
  const disk = new Disk()
  const { source } = await openNotes(fileStorage('/data', { fileSystem: disk }))
  await source.close()
  for (const name of disk.files(home).keys()) await disk.remove(`${home}/${name}`)
  return disk
}
