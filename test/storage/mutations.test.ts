import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import type { OpenedSource } from '../../src/source/index.ts'
import { fileStorage } from '../../src/storage/index.ts'
import { Disk } from './support/disk.ts'
import { count, openNotes, type Notes } from './support/notes.ts'
import { newSeed, random, type Random } from './support/random.ts'

const home = '/data/store-notes'
const processes = { pid: 1, mark: async () => 'm1', isRunning: async () => false }
const runs = Number(process.env['MUTATIONS'] ?? 3000)

function storageOn(disk: Disk): ReturnType<typeof fileStorage> {
  return fileStorage('/data', { fileSystem: disk, processes })
}

/** Two generations, each with a journal, and what the state was at each count. */
async function grown(): Promise<{ disk: Disk; states: Map<number, string> }> {
  const disk = new Disk()
  const states = new Map<number, string>()
  for (let life = 0; life < 3; life++) {
    const { source } = await openNotes(storageOn(disk))
    await source.saved()
    for (let change = 0; change < 5; change++) {
      states.set(source.get().count, keyOf(source))
      count(source)
      source.append(['texts', 'a'], `text ${life}.${change}; `)
      states.set(source.get().count, keyOf(source))
      await source.saved()
    }
    await source.close()
    if (life === 2) continue
    // A generation more.
    const again = await storageOn(disk).open('notes', ({ records }) => records.length)
    let snapshot = ''
    for (const [name, content] of disk.files(home))
      if (name.endsWith('snapshot')) snapshot = Buffer.from(content).toString()
    await again.fold([snapshotOf(source, life, snapshot)])
    await again.close()
  }
  return { disk, states }
}

function snapshotOf(source: OpenedSource<Notes>, life: number, file: string): string {
  const header = /\{"format.*?\}\t/.exec(file)?.[0] ?? ''
  const { count: counted, texts } = source.get()
  const value = { count: counted, texts: { '~': ['m', [...texts].flat()] } }
  return `${header}[0,"s","",${(life + 1) * 10},${JSON.stringify(value)}]`
}

function keyOf(source: OpenedSource<Notes>): string {
  return JSON.stringify([source.get().count, [...source.get().texts]])
}

type Mutation = (content: Buffer, other: Buffer, random: Random) => Buffer

const mutations: Readonly<Record<string, Mutation>> = {
  truncated: (content, _, { below }) => content.subarray(0, below(content.length)),
  'one bit flipped': (content, _, { below }) => {
    const copy = Buffer.from(content)
    const at = below(copy.length)
    copy[at] = (copy[at] as number) ^ (1 << below(8))
    return copy
  },
  'a block zeroed': (content, _, { below }) => {
    const at = below(content.length)
    return Buffer.from(content).fill(0, at, Math.min(content.length, at + 1 + below(512)))
  },
  'bytes overwritten': (content, _, { below }) => {
    const copy = Buffer.from(content)
    for (let byte = 0; byte < 10; byte++) copy[below(copy.length)] = below(256)
    return copy
  },
  'a part cut out': (content, _, { below }) => {
    const at = below(content.length)
    return Buffer.concat([content.subarray(0, at), content.subarray(at + 1 + below(200))])
  },
  'a part doubled': (content, _, { below }) => {
    const at = below(content.length)
    return Buffer.concat([content.subarray(0, at + below(200)), content.subarray(at)])
  },
  'spliced with another generation': (content, other, { below }) =>
    Buffer.concat([content.subarray(0, below(content.length)), other.subarray(below(other.length))]),
  'replaced by another generation': (_, other) => other,
  'lines swapped': (content, _, { below }) => {
    const lines = content.toString('latin1').split('\n')
    const [one, two] = [below(lines.length), below(lines.length)]
    ;[lines[one], lines[two]] = [lines[two] as string, lines[one] as string]
    return Buffer.from(lines.join('\n'), 'latin1')
  },
  emptied: () => Buffer.alloc(0),
}

test(
  `${runs} mutated folders: no crash, and the right older state or a report`,
  async () => {
    const seed = newSeed()
    const chance = random(seed)
    const { disk: original, states } = await grown()
    const [newest] = [...states.keys()].slice(-1)
    const names = Object.keys(mutations)
    let restored = 0
    let reported = 0
    for (let run = 0; run < runs; run++) {
      const disk = original.copy()
      const done: string[] = []
      for (let times = 1 + chance.below(2); times > 0; times--) {
        const files = [...disk.files(home)]
        const [name, content] = files[chance.below(files.length)] as [string, Uint8Array]
        const [, other] = files[chance.below(files.length)] as [string, Uint8Array]
        const how = names[chance.below(names.length)] as string
        disk.write(home, name, mutations[how]?.(Buffer.from(content), Buffer.from(other), chance) as Buffer)
        done.push(`${name} ${how}`)
      }
      const context = `SEED=${seed}, run ${run}: ${done.join(', ')}`
      const { source, errors } = await openNotes(storageOn(disk))
      const found = source.get().count
      if (states.get(found) !== keyOf(source)) throw new Error(`${context}: ${keyOf(source)} never was`)
      const { recovered, savedAt } = source.opened
      if (recovered === undefined) restored++
      else reported++
      // A journal that was cut, even if something follows in which no record ends, looks as one does whose last record was
      // never finished; nothing else goes unnoticed.
      if (found !== newest && recovered === undefined && !/truncated|emptied|cut out|spliced/.test(context))
        throw new Error(`${context}: ${found} of ${newest}, and no report`)
      if (savedAt === undefined && recovered === undefined) throw new Error(`${context}: all is lost, and no report`)
      // It goes on, and what was damaged is still there.
      count(source)
      await source.saved()
      await source.close()
      expect(errors, context).toEqual([])
      const kept = [...disk.files(home).keys()].filter((name) => name.startsWith('damaged-'))
      expect(kept.length, context).toBe(recovered?.damage.length ?? 0)
      const again = await openNotes(storageOn(disk))
      expect(again.source.get().count, context).toBe(found + 1)
      expect(again.source.opened.recovered, context).toBeUndefined()
      await again.source.close()
    }
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(restored + reported).toBe(runs)
    expect(reported).toBeGreaterThan(runs / 4)
  },
  60_000 + runs * 20,
)
