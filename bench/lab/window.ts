/** A window: a thread with the contestant's window side in it. */
// oxlint-disable-next-line import/no-unassigned-import -- before anything that loads `electron`
import './hook.ts'
import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { contestants } from '../contestants/index.ts'
import { load } from '../peers/load.ts'
import { answer } from './calls.ts'
import type { WindowSide } from './contestant.ts'
import { cpu } from './cpu.ts'
import { ipcRenderer } from './electron/window.ts'
import { heap } from './heap.ts'
import { countedPort } from './port.ts'
import type { Call, WindowCalls, WindowData } from './protocol.ts'
import { Signals } from './signals.ts'
import { traffic } from './traffic.ts'

// What a page has and Node loads when it is asked for is there before anything is measured.
performance.now()
structuredClone({})

const { contestant: name, settings, index, memory, ipc, data } = workerData as WindowData
const signals = new Signals(memory)
const contestant = await contestants[name]()
// A window that opens has its code; what is measured is how it comes by the state.
for (const module of contestant.windowModules ?? []) await load(module)
ipcRenderer.connect(ipc)

let side: WindowSide
let renders = 0
let shown = 0
let latest = -1
const lengths = new Map<string, number>()

function showLength(id: string, length: number): void {
  renders++
  shown += length - (lengths.get(id) ?? 0)
  lengths.set(id, length)
  signals.show(index, shown)
}

const calls: WindowCalls = {
  async join() {
    const before = cpu()
    side = await contestant.window(countedPort(data), settings)
    await side.ready
    return cpu() - before
  },
  watch(kind, ids) {
    for (const id of ids) {
      if (kind === 'component') {
        side.component(id, (model) => {
          renders++
          const number = Number(model.slice(1))
          // Of one frame, components may be told in any order.
          if (Number.isInteger(number) && number > latest) signals.show(index, (latest = number))
        })
      } else {
        side[kind](id, (length) => {
          showLength(id, length)
        })
      }
    }
  },
  weigh(on) {
    traffic.weighing = on
  },
  usage: () => ({ cpu: cpu(), sent: { messages: traffic.messages, bytes: traffic.bytes }, renders }),
  async commands({ commands, parallel }) {
    const { command } = side
    if (command === undefined) throw new Error(`${name} has no commands`)
    for (let sent = 0; sent < commands; sent += parallel) {
      const batch = Array.from({ length: Math.min(parallel, commands - sent) }, (_, n) =>
        command('entity-0', `c${sent + n}`),
      )
      await Promise.all(batch)
    }
  },
  read: () => JSON.stringify(side.read()),
  heap,
  readParts(ids) {
    for (const id of ids) side.readPart?.(id)
  },
}

const port = parentPort as MessagePort
port.on('message', (call: Call) => {
  void answer(calls, call, (message) => {
    port.postMessage(message)
  })
})
port.postMessage({ id: 0 })
