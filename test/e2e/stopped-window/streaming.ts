/** The source that streams, in whatever process owns it. */
import type { Served } from '../../../src/protocol/serve.ts'
import { createSource } from '../../../src/source/index.ts'
import { chunk, streamStore } from './store.ts'

export interface Streaming {
  /** What is to be served. */
  readonly source: Served
  /** Frames sent in each session so far, in the order in which these began. */
  readonly frames: number[]
  /** How many chunks have been committed. */
  chunks: number
  /** 1,000 chunks a second, however late the timer comes. */
  start(): void
  stop(): void
}

export function startStreaming(): Streaming {
  const source = createSource(streamStore)
  const frames: number[] = []
  let timer: ReturnType<typeof setInterval> | undefined
  const streaming: Streaming = {
    source: {
      name: source.name,
      accept(hello, port) {
        const index = frames.push(0) - 1
        return source.accept(hello, {
          ...port,
          send(body) {
            frames[index]!++
            port.send(body)
          },
        })
      },
    },
    frames,
    chunks: 0,
    start() {
      const began = performance.now()
      timer = setInterval(() => {
        const due = Math.floor(performance.now() - began)
        for (let index = streaming.chunks; index < due; index++) source.append(['text'], chunk(index))
        source.update((draft) => {
          draft.chunks = due
          draft.at = Date.now()
          draft.chart = `${due} `.repeat(1500)
        })
        streaming.chunks = due
      }, 10)
    },
    stop: () => clearInterval(timer),
  }
  return streaming
}
