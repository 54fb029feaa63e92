/**
 * Saves about 20 MB, and says for how long that kept the thread that serves windows, at the longest: `<storage> <place>`.
 * In ms of processor time, so that other programs do not count. Started with --expose-gc.
 */
import { setImmediate as macrotask } from 'node:timers/promises'
import { defineStore } from '../../../src/index.ts'
import { openSource } from '../../../src/source/index.ts'
import { fileStorage, sqliteStorage } from '../../../src/storage/index.ts'

interface Chat {
  byId: Map<string, { title: string; messages: { role: string; text: string }[] }>
}

const [kind, place = ''] = process.argv.slice(2)
const state: Chat = { byId: new Map() }
for (let tab = 0; tab < 200; tab++) {
  const messages = Array.from({ length: 100 }, (_, index) => ({ role: 'user', text: `${index} `.repeat(330) }))
  state.byId.set(`tab ${tab}`, { title: `Tab ${tab}`, messages })
}
const chatStore = defineStore('chat', { state: (): Chat => ({ byId: new Map() }) })
const storage = kind === 'sqlite' ? sqliteStorage(place) : fileStorage(place)
const source = await openSource(chatStore, { storage, state, saveInterval: 100_000 })
// What has changed has no snapshot yet.
source.update(({ byId }) => {
  for (const { messages } of byId.values()) for (const message of messages.slice(-5)) message.role = 'model'
})
globalThis.gc?.()
await macrotask()

const done = { saved: false }
const start = performance.now()
void source.saved().then(() => (done.saved = true))
let longest = 0
while (!done.saved) {
  const before = process.threadCpuUsage()
  await macrotask()
  const { user, system } = process.threadCpuUsage(before)
  longest = Math.max(longest, (user + system) / 1000)
}
const duration = performance.now() - start
await source.close()
process.stdout.write(JSON.stringify({ longest, duration: Math.round(duration) }))
