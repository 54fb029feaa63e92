import { readFile } from 'node:fs/promises'
import { uptime } from 'node:os'

/** Which processes there are. Process ids are used again, so each goes with a mark of the process that has it now. */
export interface Processes {
  readonly pid: number
  /** What tells this process from others that had or will have its id: letters and digits. */
  mark(): Promise<string>
  /** Whether the process of that id and mark still runs. */
  isRunning(pid: number, mark: string): Promise<boolean>
}

/** Those of this machine. */
export const machineProcesses: Processes = {
  pid: process.pid,
  async mark() {
    return (await bootAndStart(process.pid)) ?? `t${Math.round(Date.now() - process.uptime() * 1000)}`
  },
  async isRunning(pid, mark) {
    if (mark.startsWith('b')) return (await bootAndStart(pid)) === mark
    // Elsewhere nothing tells when a process started: at least those from before the machine did are gone.
    const started = Number(mark.slice(1))
    if (started < Date.now() - uptime() * 1000 - 60_000) return false
    try {
      process.kill(pid, 0)
      return true
    } catch (error) {
      return (error as { code?: unknown }).code !== 'ESRCH'
    }
  },
}

/** On Linux, the start of the machine and of the process; `undefined` if it has ended, if only to become a zombie. */
async function bootAndStart(pid: number): Promise<string | undefined> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1')
    // The name comes second, in parentheses, and may contain any of them.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : `b${boot.slice(0, 8)}s${fields[19]}`
  } catch {
    return undefined
  }
}
