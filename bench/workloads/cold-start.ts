/** (8) Cold start: from the import of a bundle, minified as it is shipped, to the first value, in a fresh thread. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads'
import { lockstep } from '../contestants/lockstep.ts'
import { nothing } from '../contestants/nothing.ts'
import { raw } from '../contestants/raw.ts'
import type { Bench } from '../bench.ts'
import { bundle } from '../lab/bundle.ts'
import { FakeWebContents } from '../lab/electron/main.ts'
import { countedPort } from '../lab/port.ts'
import { figure } from '../report/figures.ts'
import { makeState } from '../state.ts'

const workload = '8'
const of = 'from import to first value, 100 entities'
const entrants = { nothing, 'by hand': raw, lockstep } as const

export async function coldStart(bench: Bench): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-cold-'))
  try {
    for (const [name, { main }] of Object.entries(entrants)) {
      const side = await main(makeState(100), {})
      const file = join(folder, `${name.replace(' ', '-')}.mjs`)
      const input = join(import.meta.dirname, `../cold/${name.replace(' ', '-')}.ts`)
      await bundle(input, file, { format: 'esm', platform: 'node', minify: true })
      const found: number[] = []
      for (let n = 0; n < bench.repetitions * 3; n++) {
        bench.progress(`(${workload}) cold start: ${name}, ${n + 1} of ${bench.repetitions * 3}`)
        const { port1, port2 } = new MessageChannel()
        const ipc = new MessageChannel()
        side.open({ port: countedPort(port1), webContents: new FakeWebContents(ipc.port1) })
        found.push(await start(pathToFileURL(file).href, port2))
        port1.close()
        // An open one keeps the benchmark from ending.
        ipc.port1.close()
      }
      bench.results.add({ workload, case: of, contestant: name, figures: { 'window, ms': figure(found) } })
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
  const median = (name: string): number => bench.results.median(workload, of, name, 'window, ms')
  // As in the real Electron: Node's loader is no part of what is loaded.
  const onTop = median('lockstep') - median('nothing')
  bench.results.atMost(workload, 'at most 5 ms CPU in the window on top of an empty module', onTop, 5)
}

function start(bundle: string, port: MessagePort): Promise<number> {
  const worker = new Worker(new URL('../cold/thread.ts', import.meta.url), {
    workerData: { bundle, port },
    transferList: [port],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', (milliseconds: number) => {
      resolve(milliseconds)
      void worker.terminate()
    })
  })
}
