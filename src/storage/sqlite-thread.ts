import { Worker } from 'node:worker_threads'
import type { SqliteAnswer, SqliteRequest } from './sqlite-messages.ts'

/** SQLite's result codes as the system errors that they stand for. */
const codes: Partial<Record<number, string>> = {
  5: 'EBUSY',
  8: 'EROFS',
  10: 'EIO',
  13: 'ENOSPC',
  14: 'EACCES',
  23: 'EACCES',
}

interface Call {
  resolve(result: unknown): void
  reject(error: Error): void
}

/** This end of the thread that has the database. It keeps the process alive while it owes an answer. */
export class SqliteThread {
  readonly #worker: Worker
  readonly #calls = new Map<number, Call>()
  #lastId = 0
  #ended = false

  constructor() {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
    this.#worker = new Worker(new URL(`./sqlite-worker.${extension}`, import.meta.url))
    this.#worker.unref()
    this.#worker.on('message', (answer: SqliteAnswer) => {
      const call = this.#calls.get(answer.id)
      this.#calls.delete(answer.id)
      if (this.#calls.size === 0) this.#worker.unref()
      if ('result' in answer) call?.resolve(answer.result)
      else call?.reject(new DatabaseError(answer.error))
    })
    this.#worker.on('error', (error: unknown) => {
      this.#failAll(error instanceof Error ? error : new Error(String(error)))
    })
    this.#worker.on('exit', () => {
      this.#ended = true
      this.#failAll(ended())
    })
  }

  async call(request: SqliteRequest): Promise<unknown> {
    // Nobody would answer.
    if (this.#ended) throw ended()
    const id = ++this.#lastId
    return await new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject })
      this.#worker.ref()
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      this.#worker.postMessage({ id, request })
    })
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }

  #failAll(error: Error): void {
    const calls = [...this.#calls.values()]
    this.#calls.clear()
    for (const call of calls) call.reject(error)
  }
}

function ended(): Error {
  return new Error('The thread of the database has ended')
}

/** What the database has thrown; `code` is that of the system, where there is one like it. */
export class DatabaseError extends Error {
  readonly code: string | undefined

  constructor({ message, errcode }: { readonly message: string; readonly errcode: number | undefined }) {
    super(message)
    this.code = errcode === undefined ? undefined : codes[errcode & 255]
  }
}
