/** Lockstep's store of the shared state. */
import { defineStore, type StoreDefinition } from '../src/index.ts'
import type { State } from './state.ts'

export interface Commands {
  set(change: { id: string; model: string }): void
  nothing(change: { id: string; model: string }): void
}

export const definition: StoreDefinition<State, Commands> = defineStore('tabs', {
  state: (): State => ({ byId: {} }),
  commands: {} as Commands,
})
