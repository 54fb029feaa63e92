/**
 * Stores an answer of 200 KB that comes in 40,000 chunks, 1,000 a second: `<storage> <place>`. Says how many bytes this process wrote
 * meanwhile to whatever file, as Linux counts them, and how many saves that were. The clock is a fake one; the files are not.
 */
import { readFileSync } from 'node:fs'
import { defineStore } from '../../src/index.ts'
import { openSource } from '../../src/source/index.ts'
import { fileStorage, sqliteStorage } from '../../src/storage/index.ts'
import type { Pieces, Storage } from '../../src/storage/storage.ts'
import { fakeClock } from '../../src/testing/clock.ts'

const [kind, place = ''] = process.argv.slice(2)
const chunks = 40_000
/** What a save is for, at the interval that is the default. */
const chunksPerSave = 500
const chunk = 'word '

let records = 0
let journal = 0
/** Counts what the source gives the storage. */
function counted(storage: Storage): Storage {
  return {
    async open(store, read) {
      const opened = await storage.open(store, read)
      const append = opened.append.bind(opened)
      opened.append = async (record: Pieces) => {
        records++
        await append(weighed(record))
      }
      return opened
    },
  }
}

async function* weighed(pieces: Pieces): AsyncGenerator<string> {
  for await (const piece of pieces) {
    journal += Buffer.byteLength(piece)
    yield piece
  }
}

function written(): number {
  return Number(/wchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1])
}

const clock = fakeClock()
const answerStore = defineStore('chat', { state: () => ({ answer: '' }) })
const storage = counted(kind === 'sqlite' ? sqliteStorage(place) : fileStorage(place))
const source = await openSource(answerStore, { storage, clock })
await source.saved()
const before = written()
const writer = source.writer('answer')
for (let n = 1; n <= chunks; n++) {
  writer.append(chunk)
  clock.advanceSync(1)
  if (n % chunksPerSave === 0) await source.saved()
}
writer.end()
await source.saved()
const bytes = written() - before
await source.close()
process.stdout.write(JSON.stringify({ text: chunks * chunk.length, journal, written: bytes, records }))
