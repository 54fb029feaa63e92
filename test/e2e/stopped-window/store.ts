import type { NoCommands } from '../../../src/definition.ts'
import { defineStore, type StoreDefinition } from '../../../src/index.ts'

export interface Stream {
  text: string
  /** How many chunks are in the text. */
  chunks: number
  /** When it was written, in ms since 1970. */
  at: number
  /** Something large that is another in each commit: what is queued of it cannot hide. */
  chart: string
}

export const streamStore: StoreDefinition<Stream, NoCommands> = defineStore('stream', {
  state: (): Stream => ({ text: '', chunks: 0, at: 0, chart: '' }),
})

/** Every chunk is another: a hole or a repeat cannot hide. */
export function chunk(index: number): string {
  return index % 9 === 4 ? `grüße${index}👋🏽 ` : `word${index} `
}

export function textOf(chunks: number): string {
  return Array.from({ length: chunks }, (_, index) => chunk(index)).join('')
}
