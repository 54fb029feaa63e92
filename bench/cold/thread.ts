/** A window that starts: what loading a bundle costs, up to the first value that it shows. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads'

// What a page has and Node loads when it is asked for is there before, for everybody.
performance.now()
structuredClone({})

const { bundle, port } = workerData as { bundle: string; port: MessagePort }
const before = process.threadCpuUsage()
const { start } = (await import(bundle)) as { start(port: MessagePort): Promise<void> }
await start(port)
const { user, system } = process.threadCpuUsage(before)
parentPort?.postMessage((user + system) / 1000)
