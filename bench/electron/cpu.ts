/** CPU time of processes: Linux only. */
import { readdirSync, readFileSync } from 'node:fs'

/**
 * Of each thread, in ms. Of processes the kernel tells it in ticks of 10 ms, of threads to the nanosecond. What a thread did
 * that has ended in between is not counted.
 */
function threads(pid: number): Map<string, number> {
  const folder = `/proc/${pid}/task`
  return new Map(readdirSync(folder).map((thread) => [thread, runTime(`${folder}/${thread}/schedstat`)]))
}

function runTime(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e6
  } catch {
    // The thread has ended since the folder was read.
    return 0
  }
}

/** Starts to measure processes; the function returned tells what they have spent together since then. */
export function spentBy(pids: readonly number[]): () => number {
  const before = pids.map(threads)
  return () => {
    let sum = 0
    for (const [index, pid] of pids.entries())
      for (const [thread, time] of threads(pid)) sum += Math.max(0, time - (before[index]?.get(thread) ?? 0))
    return sum
  }
}
