/** A window that starts: what loading a bundle costs, up to the first value that it shows. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { cpu } from '../lab/cpu.ts'

// What a page has and Node loads when it is asked for is there before, for everybody.
performance.now()
structuredClone({})
spent()

const { bundle, port } = workerData as { bundle: string; port: MessagePort }
const before = spent()
const { start } = (await import(bundle)) as { start(port: MessagePort): Promise<void> }
await start(port)
parentPort?.postMessage(spent() - before)

/** This thread's CPU time in ms. */
function spent(): number {
  // Linux brings it up to date at each tick of 4 ms, and where a thread begins to wait.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
  return cpu()
}
