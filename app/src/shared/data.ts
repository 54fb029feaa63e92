import { defineStore } from 'lockstep'

/** How it goes with keeping the app's data, for the windows to show. Lives as long as the process, and is not kept itself. */
export interface DataState {
  saving: SavingState
  /** What the user has to know about what was found at the start, until it is dismissed. */
  findings: Finding[]
  /** What becomes of an API key at the app's end: the system's keychain keeps it, or nobody does. */
  keyIs: 'kept' | 'forgotten'
}

export interface SavingState {
  /** `saving`: there are changes that are not on the disk yet. `failed`: and they could not be; it is tried again. */
  state: 'saved' | 'saving' | 'failed'
  /** The revision of the chats that is on the disk at least. A window that shows a later one shows what may be lost. */
  revision: number
  /** Why it fails, and where. */
  problem: { code: string; message: string } | undefined
}

/** `damaged`: a part of the data could not be read. `key-forgotten`: there was an API key, and it has to be given again. */
export type Finding = Damaged | { kind: 'key-forgotten' }

export interface Damaged {
  kind: 'damaged'
  /** `chats`, say. */
  what: string
  /** How many changes are known to be lost. */
  lostChanges: number
  /** The data is as it was then, in ms since 1970; `undefined`: all of it is lost. */
  asOf: number | undefined
  /** Where the damaged files are kept. */
  kept: readonly string[]
}

export type DataCommands = {
  /** The user has taken note of a finding. */
  dismiss(args: { index: number }): void
}

export const dataStore = defineStore('data', {
  state: (): DataState => ({
    saving: { state: 'saved', revision: 0, problem: undefined },
    findings: [],
    keyIs: 'forgotten',
  }),
  commands: {} as DataCommands,
})
