/** What the benchmark asks of a lab, and a lab of its windows. */
import type { MessagePort } from 'node:worker_threads'
import type { ContestantName } from '../contestants/index.ts'
import type { Settings } from './contestant.ts'

/** What a component in a window shows. */
export type Watch = 'component' | 'reader' | 'store'

export interface Setup {
  readonly contestant: ContestantName
  readonly settings?: Settings
  readonly entities: number
  /** Of each entity's text, in characters. */
  readonly length?: number
}

export interface ScalarTask {
  readonly updates: number
  /** Ms from one look at whether the last update is visible to the next. */
  readonly tick: number
  /** The entities that are changed, in turn. */
  readonly ids: readonly string[]
}

export interface StreamTask {
  readonly ids: readonly string[]
  /** To each entity. */
  readonly chunks: number
  /** Chunks a second to each entity; 0: one in every turn of the event loop. */
  readonly rate: number
}

export interface BurstTask {
  readonly updates: number
  readonly ids: readonly string[]
}

export interface CommandTask {
  readonly commands: number
  /** How many at once. */
  readonly parallel: number
}

/** CPU in ms, of main and of all windows; what was sent, by both. */
export interface Measured {
  readonly main: number
  readonly windows: number
  readonly wall: number
  readonly down: Sent
  readonly up: Sent
  /** Ms from each change to its being shown, in the slowest window. */
  readonly visible?: readonly number[]
  /** How often components ran, in all windows. */
  readonly renders: number
}

export interface Sent {
  readonly messages: number
  /** 0 unless they were weighed. */
  readonly bytes: number
}

/** The functions of a lab that the benchmark calls. */
export interface LabCalls {
  start(setup: Setup): Promise<void>
  /** Makes a window that has not joined yet. */
  prepareWindow(): Promise<void>
  /** Opens windows, one after the other, and tells what the last one cost. */
  open(windows: number): Promise<Measured>
  closeAll(): Promise<void>
  watch(kind: Watch, ids: readonly string[]): Promise<void>
  weigh(on: boolean): Promise<void>
  /** Gives an entity a text to begin with, and waits until windows show it. */
  prefill(id: string, length: number): Promise<void>
  scalar(task: ScalarTask): Promise<Measured>
  stream(task: StreamTask): Promise<Measured>
  burst(task: BurstTask): Promise<Measured>
  commands(task: CommandTask): Promise<Measured>
  /** Bytes of live objects, of main and of the first window. */
  heap(): Promise<{ readonly main: number; readonly window: number }>
  /** Reads every entity in the first window. */
  readParts(): Promise<void>
  /** Whether all windows show what main has. */
  isInStep(): Promise<boolean>
}

/** The functions of a window that its lab calls. */
export interface WindowCalls {
  join(): Promise<number>
  watch(kind: Watch, ids: readonly string[]): void
  weigh(on: boolean): void
  usage(): { readonly cpu: number; readonly sent: Sent; readonly renders: number }
  commands(task: CommandTask): Promise<void>
  read(): string
  heap(): number
  readParts(ids: readonly string[]): void
}

/** What a window is started with. */
export interface WindowData {
  readonly contestant: ContestantName
  readonly settings: Settings
  readonly index: number
  readonly memory: SharedArrayBuffer
  readonly ipc: MessagePort
  readonly data: MessagePort
}

export interface Call {
  readonly id: number
  readonly name: string
  readonly args: readonly unknown[]
}

export interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: string
}
