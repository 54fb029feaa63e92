/** Files that are what they say, and say what no source has ever stored. */
import { createHash } from 'node:crypto'
import { Buffer } from 'node:buffer'
import { describe, expect, test, vi } from 'vitest'
import { fileStorage } from '../../src/storage/index.ts'
import { journalHeader, journalRecord, newIdentity, SnapshotFormat } from '../../src/storage/format.ts'
import { fakeClock } from '../../src/testing/clock.ts'
import { Disk } from './support/disk.ts'
import { openNotes } from './support/notes.ts'

// Many small cases, on machines that do other things besides.
vi.setConfig({ testTimeout: 60_000 })

const home = '/data/store-notes'

function storageOn(disk: Disk): ReturnType<typeof fileStorage> {
  return fileStorage('/data', { fileSystem: disk })
}

describe('a file with good checksums and hostile content', () => {
  const header = '{"format":1,"store":"notes","version":1,"at":5,"streams":[]}'
  const good = `${header}\t[0,"s","",0,{"count":1,"texts":{"~":["m",["a",""]]}}]`

  /** Writes a generation as the library would. */
  function write(disk: Disk, number: number, snapshot: string, records: readonly string[] = []): void {
    const identity = newIdentity(number, undefined)
    const format = new SnapshotFormat(identity)
    const parts = [format.header, format.add(snapshot)]
    disk.write(home, `${number}.snapshot`, Buffer.concat([...parts, format.trailer]))
    const all = records.map((record, index) => journalRecord(identity.id, index, [Buffer.from(record)]))
    if (all.length > 0) disk.write(home, `${number}.journal`, Buffer.concat([journalHeader(identity), ...all]))
  }

  async function diskWith(): Promise<Disk> {
    const disk = new Disk()
    const { source } = await openNotes(storageOn(disk))
    await source.close()
    for (const name of disk.files(home).keys()) await disk.remove(`${home}/${name}`)
    return disk
  }

  const state = (json: string): string => `${header}\t[0,"s","",0,${json}]`
  const deep = 1_000_000
  test.each([
    ['a reserved key', state('{"count":1,"__proto__":{"polluted":1},"texts":{"~":["m",[]]}}')],
    ['a reserved key, tagged', state('{"~":["o",["__proto__",{"polluted":1}]]}')],
    ['a reserved key in a map', state('{"~":["m",["constructor",1]]}')],
    ['arrays a million deep', state('['.repeat(deep) + ']'.repeat(deep))],
    ['objects a million deep', state('{"a":'.repeat(deep) + '1' + '}'.repeat(deep))],
    ['tags a million deep', state('{"~":["s",['.repeat(deep) + ']]}'.repeat(deep))],
    ['a header a million deep', '['.repeat(deep) + ']'.repeat(deep) + '\t[]'],
    [
      'streams a million deep',
      `{"format":1,"store":"notes","version":1,"at":5,"streams":${'['.repeat(deep)}${']'.repeat(deep)}}\t[0,"s","",0,{}]`,
    ],
    ['no object', state('5')],
    ['another store', good.replace('notes', 'other')],
    ['a negative revision', good.replace('"",0', '"",-1')],
    ['a frame of another type', `${header}\t[0,"pong",1,1]`],
    ['a header that is no object', `5\t[0,"s","",0,{}]`],
    ['streams that are no paths', good.replace('[]', '[5]')],
    ['streams that are no list', good.replace('[]', '5')],
    ['no JSON', 'hello'],
    ['nothing', ''],
  ])('%s: the generation before is loaded', async (_, snapshot) => {
    const disk = await diskWith()
    write(disk, 1, good)
    write(disk, 2, snapshot)
    const { source } = await openNotes(storageOn(disk))
    expect(source.get().count).toBe(1)
    expect(source.opened.recovered?.damage).toMatchObject([{ kind: 'snapshot', location: `${home}/2.snapshot` }])
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
    expect(Object.getPrototypeOf(source.get())).toBe(Object.prototype)
    await source.close()
  })

  const record = (from: number, ops: string): string => `{"at":6}\t[0,"c",${from},1,${ops}]`
  test.each([
    ['a reserved key in a path', record(1, '[["s",["__proto__","polluted"],1]]')],
    ['a reserved key in a value', record(1, '[["s",["texts","b"],{"~":["o",["__proto__",1]]}]]')],
    ['a path to nowhere', record(1, '[["s",["x","y"],1]]')],
    ['a huge splice', record(1, '[["x",["texts"],0,4294967295,[]]]')],
    ['a gap', record(5, '[["s",["count"],9]]')],
    ['an unknown op', record(1, '[["z",["count"],9]]')],
    ['a snapshot in it', '{"at":6}\t[0,"s","",1,{"count":9}]'],
    ['no time', '{}\t[0,"c",1,1,[["s",["count"],9]]]'],
    ['streams that are none', '{"at":6,"streams":5}\t[0,"c",1,1,[["s",["count"],9]]]'],
    ['no record', 'hello'],
  ])('a record with %s: what is before it is loaded, what is behind it is reported', async (_, bad) => {
    const disk = await diskWith()
    const records = [record(0, '[["s",["count"],2]]'), bad, record(2, '[["s",["count"],4]]')]
    write(disk, 1, good, records)
    const { source } = await openNotes(storageOn(disk))
    expect(source.get().count).toBe(2)
    expect(source.opened.recovered).toMatchObject({
      lostCommits: bad.startsWith('{"at":6}\t[0,"c",5') ? 5 : 2,
      lostSince: 6,
    })
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
    await source.close()
  })

  test('from a newer version of the library: nothing is touched', async () => {
    const disk = await diskWith()
    write(disk, 1, good)
    write(disk, 2, good.replace('"format":1', '"format":2'))
    const before = hashOf(disk)
    await expect(openNotes(storageOn(disk))).rejects.toMatchObject({ code: 'newer-version' })
    expect(hashOf(disk)).toBe(before)
  })

  test('links in place of files are not followed, but set aside', async () => {
    const disk = await diskWith()
    write(disk, 1, good)
    disk.link(home, '2.snapshot')
    const { source } = await openNotes(storageOn(disk), fakeClock())
    expect(source.get().count).toBe(1)
    await source.close()
    expect(await disk.kind(`${home}/2.snapshot`)).toBe('nothing')
  })

  function hashOf(disk: Disk): string {
    const hash = createHash('sha256')
    for (const [name, content] of disk.files(home)) hash.update(name).update(content)
    return hash.digest('hex')
  }
})

test('a text that is too long for any engine is refused, and nothing is lost', async () => {
  const disk = new Disk()
  const opened = await storageOn(disk).open('notes', () => 0)
  await opened.fold(['small'])
  function* endless(): Generator<string> {
    const piece = 'x'.repeat(16 * 1024 * 1024)
    for (;;) yield piece
  }
  const error = await opened.append(endless()).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'too-large' })
  await opened.append(['record'])
  await opened.close()
})
