/** A process that saves at full speed until it is killed, and says what it was told and when: `<storage> <place> <speed>`. */
import { writeSync } from 'node:fs'
import { defineStore } from '../../../src/index.ts'
import { openSource } from '../../../src/source/index.ts'
import { fileStorage, sqliteStorage } from '../../../src/storage/index.ts'
import { live } from './life.ts'

const [kind, place = '', how] = process.argv.slice(2)
const storage = kind === 'sqlite' ? sqliteStorage(place) : fileStorage(place)
const say = (line: string): void => void writeSync(1, `${line} ${process.hrtime.bigint()}\n`)

if (how === 'folding') {
  // Every fifth save is a fold.
  const life = await live(storage, Number.POSITIVE_INFINITY, ({ acknowledged }) => say(`${acknowledged}`))
  say(`failed ${life.ended} ${life.errors.join()}`)
} else {
  const store = defineStore('notes', { state: () => ({ count: 0, text: '' }) })
  try {
    const source = await openSource(store, { storage, onError: (error) => say(`failed ${String(error)}`) })
    if (source.get().text.length !== source.get().count) say('failed: half a commit')
    for (;;) {
      source.update((draft) => {
        draft.count++
        draft.text += 'x'
      })
      await source.saved()
      say(`${source.get().count}`)
    }
  } catch (error) {
    say(`failed ${String(error)}`)
  }
}
