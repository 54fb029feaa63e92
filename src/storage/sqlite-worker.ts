/** The thread that has the database: SQLite waits for the disk, and the process that serves windows must not. */
import { parentPort } from 'node:worker_threads'
import { DatabaseSync } from 'node:sqlite'
import { SqliteDatabase } from './sqlite-database.ts'
import type { SqliteAnswer, SqliteRequest } from './sqlite-messages.ts'

const database = new SqliteDatabase((file) => new DatabaseSync(file))

parentPort?.on('message', ({ id, request }: { id: number; request: SqliteRequest }) => {
  let answer: SqliteAnswer
  try {
    answer = { id, result: database.handle(request) }
  } catch (error) {
    const { message, errcode } = error as { message?: string; errcode?: number }
    answer = { id, error: { message: message ?? String(error), errcode } }
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(answer)
})
