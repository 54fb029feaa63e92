import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { Buffer } from 'node:buffer'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { sqliteStorage } from '../../src/storage/index.ts'
import { live } from './support/life.ts'
import { newSeed, random } from './support/random.ts'

// Many small cases, on machines that do other things besides.
vi.setConfig({ testTimeout: 60_000 })

const runs = Number(process.env['MUTATIONS_SQLITE'] ?? 15)
const home = mkdtempSync(join(tmpdir(), 'lockstep-sqlite-'))
const original = join(home, 'original')
let newest = 0

beforeAll(async () => {
  for (let time = 0; time < 2; time++) newest = (await live(sqliteStorage(original), 13)).acknowledged
})
afterAll(() => {
  rmSync(home, { recursive: true, force: true })
})

test(
  `${runs} mutated databases: no crash, and an older state or a report`,
  async () => {
    const seed = newSeed()
    const { below } = random(seed)
    let reported = 0
    for (let run = 0; run < runs; run++) {
      const folder = join(home, `run ${run}`)
      mkdirSync(folder)
      const file = join(folder, 'db')
      let content = Buffer.from(readFileSync(original))
      const at = below(content.length)
      const how = below(5)
      if (how === 0) content = content.subarray(0, at)
      else if (how === 1) content.fill(0, at, Math.min(content.length, at + 1 + below(4096)))
      else if (how === 2) content[at] = (content[at] as number) ^ (1 << below(8))
      else if (how === 3) content = Buffer.concat([content.subarray(0, at), content.subarray(at + 1 + below(200))])
      else content[below(100)] = below(256)
      writeFileSync(file, content)
      const context = `SEED=${seed}, run ${run}: mutation ${how} at ${at} of ${content.length}`
      const { found, damage, errors, acknowledged } = await live(sqliteStorage(file), 2)
      if (damage.length > 0) reported++
      expect(errors, context).toEqual([])
      expect(found, context).toBeLessThanOrEqual(newest)
      // A database of no length is a new one.
      if (found !== newest && content.length > 0) expect(damage, context).not.toEqual([])
      for (const { kind, quarantine } of damage)
        if (kind === 'storage') expect(readdirSync(folder), context).toContain(quarantine?.slice(folder.length + 1))
      const again = await live(sqliteStorage(file), 0)
      expect([again.found, again.damage], context).toEqual([acknowledged, []])
      rmSync(folder, { recursive: true })
    }
    expect(reported).toBeGreaterThan(runs / 10)
  },
  60_000 + runs * 2000,
)

test('a value that has changed in an intact database is noticed, set aside, and the generation before is loaded', async () => {
  const file = join(home, 'changed')
  copyFileSync(original, file)
  const database = new DatabaseSync(file)
  database.exec(`UPDATE chunk SET content = CAST('s99' AS BLOB) WHERE number = (SELECT max(number) FROM chunk)`)
  database.close()
  const { found, damage } = await live(sqliteStorage(file), 1)
  expect(found).toBe(newest)
  expect(damage).toMatchObject([{ kind: 'snapshot', quarantine: expect.stringContaining('tabs~damaged-') as string }])
  const after = new DatabaseSync(file)
  expect(
    after.prepare(`SELECT CAST(content AS TEXT) AS text FROM chunk WHERE store LIKE 'tabs~%'`).all(),
  ).toMatchObject([{ text: 's99' }])
  after.close()
})

test.each([
  [
    'a letter in the name of a column',
    [['position INTEGER, content BLOB,\n', 'position INTEGER, contenu BLOB,\n']],
    'all',
  ],
  // SQLite refuses all of it by itself.
  ['a letter in the name of a table', [['TABLE record ', 'TABLE recore ']], 'nothing'],
  [
    'the name of a table',
    [
      ['TABLE record ', 'TABLE recore '],
      ['tablerecordrecord', 'tablerecorerecore'],
    ],
    'the snapshot',
  ],
] as const)('%s that has changed is noticed, and what can be read is kept', async (what, changes, kept) => {
  const file = join(home, what)
  let content = readFileSync(original, 'latin1')
  for (const [from, to] of changes) {
    expect(content.split(from)).toHaveLength(2)
    content = content.replace(from, to)
  }
  writeFileSync(file, content, 'latin1')
  const { found, damage, errors } = await live(sqliteStorage(file), 1)
  expect(errors).toEqual([])
  expect(damage).toMatchObject([{ kind: 'storage', location: file }])
  if (kept === 'all') expect(found).toBe(newest)
  // Behind it are three records.
  if (kept === 'the snapshot') expect(found).toBe(newest - 3)
})

test('a row that is out of order is noticed before anything is written behind it', async () => {
  const file = join(home, 'order')
  const content = readFileSync(original, 'latin1')
  const last = new RegExp(`tabs(?=[^]{1,4}r${newest - 1}-${newest}x)`, 'g')
  expect(content.match(last)).toHaveLength(1)
  writeFileSync(file, content.replace(last, 't`bs'), 'latin1')
  const { damage, acknowledged, errors } = await live(sqliteStorage(file), 2)
  expect(errors).toEqual([])
  expect(damage).toMatchObject([{ kind: 'storage', location: file }])
  const again = await live(sqliteStorage(file), 0)
  expect([again.found, again.damage]).toEqual([acknowledged, []])
})

test('a database in a format that there has never been is set aside', async () => {
  const file = join(home, 'format')
  const content = Buffer.from(readFileSync(original))
  // The schema format number: 1 to 4.
  content.writeUInt32BE(5, 44)
  writeFileSync(file, content)
  const { damage, errors } = await live(sqliteStorage(file), 1)
  expect(errors).toEqual([])
  expect(damage).toMatchObject([{ kind: 'storage', location: file }])
})

test('a database of something else, with a table of the same name, is left alone', async () => {
  const file = join(home, 'other')
  const other = new DatabaseSync(file)
  other.exec(`CREATE TABLE record (title TEXT); INSERT INTO record VALUES ('theirs')`)
  other.close()
  const { errors } = await live(sqliteStorage(file), 1)
  expect(errors).toMatchObject([{ code: 'storage-failed' }])
  expect(errors[0]?.message).toBe(
    `${file} cannot be read: It is the database of something else: give the storage a file of its own`,
  )
  const after = new DatabaseSync(file)
  expect(after.prepare('SELECT title FROM record').all()).toMatchObject([{ title: 'theirs' }])
  after.close()
})

test('a database that is none is set aside, and reported', async () => {
  const file = join(home, 'none')
  writeFileSync(file, 'not a database'.repeat(1000))
  const { found, damage, errors } = await live(sqliteStorage(file), 1)
  expect([found, errors]).toEqual([0, []])
  expect(damage).toMatchObject([{ kind: 'storage', location: file }])
  expect(readFileSync(damage[0]?.quarantine as string, 'utf8')).toContain('not a database')
})
