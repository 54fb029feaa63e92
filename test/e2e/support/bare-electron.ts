import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mainFile } from './hosts.ts'

/** The app in Electron with nothing attached to its windows; see window-control.cjs. */
export interface BareElectron {
  /** Runs a script in the first window. */
  evaluate(script: string): Promise<unknown>
  /** Kills the renderer process of the first window as the system would, by SIGKILL. */
  killRenderer(): Promise<void>
  close(): Promise<void>
}

interface Answer {
  id: number
  result?: unknown
  error?: string
}

export async function startBareElectron(path: string, environment: Record<string, string>): Promise<BareElectron> {
  const data = await mkdtemp(join(tmpdir(), 'lockstep-e2e-'))
  const control = join(import.meta.dirname, 'window-control.cjs')
  const child: ChildProcess = spawn(path, ['--no-sandbox', `--user-data-dir=${data}`, '--require', control, mainFile], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
  })
  let lastId = 0

  function send(request: { script?: string; kill?: boolean }): Promise<unknown> {
    const id = ++lastId
    return new Promise((resolve, reject) => {
      const onAnswer = (message: unknown): void => {
        const answer = message as Answer
        if (answer.id !== id) return
        child.off('message', onAnswer)
        if (answer.error === undefined) resolve(answer.result)
        else reject(new Error(answer.error))
      }
      child.on('message', onAnswer)
      child.send({ id, ...request })
    })
  }

  return {
    evaluate: (script) => send({ script }),
    async killRenderer() {
      await send({ kill: true })
    },
    async close() {
      child.kill()
      await exited
      await rm(data, { recursive: true, force: true })
    },
  }
}
