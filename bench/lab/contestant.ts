/** What a contestant has to do on each side. All do the same work, each as its documentation says. */
import type { State } from '../state.ts'
import type { FakeWebContents } from './electron/main.ts'
import type { Port } from './port.ts'

export interface Settings {
  /** In ms: how long the pattern or the limit gathers what it sends. */
  readonly batch?: number
}

/** A window as main sees it: by IPC, and by a message port of its own. */
export interface WindowEnd {
  readonly webContents: FakeWebContents
  readonly port: Port
}

export interface MainSide {
  /** A window has come, and another one may go. */
  open(window: WindowEnd): void
  close?(window: WindowEnd): void
  /** Sets one scalar deep in one entity. */
  set(id: string, model: string): void
  /** Adds to an entity's text. */
  append(id: string, chunk: string): void
  /** The text of this entity is complete. */
  end?(id: string): void
  /** Its copy of the state, for comparison. */
  read(): State
}

export interface WindowSide {
  /** Resolves when the state is there. */
  readonly ready: Promise<unknown>
  /** A component that shows one scalar: runs `run` whenever there is another. */
  component(id: string, run: (model: string) => void): void
  /** A component that shows a growing text; `run` gets its length. */
  reader(id: string, run: (length: number) => void): void
  /** The store, without a live reader: `run` gets the length of an entity's text whenever it may be another. */
  store(id: string, run: (length: number) => void): void
  /** Sets one scalar by asking main, and resolves when that is done. */
  command?(id: string, model: string): Promise<unknown>
  read(): State
  /** Reads one entity, as a component does that shows it. */
  readPart?(id: string): unknown
}

export interface Contestant {
  /** What the window side loads, so that it can be loaded before anything is measured. */
  readonly windowModules?: readonly string[]
  main(state: State, settings: Settings): MainSide | Promise<MainSide>
  window(port: Port, settings: Settings): WindowSide | Promise<WindowSide>
}
