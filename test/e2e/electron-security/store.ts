import { defineStore, type StoreDefinition } from '../../../src/index.ts'

interface Counter {
  count: number
}

export const counterStore: StoreDefinition<Counter, { add(): number }> = defineStore('counter', {
  state: (): Counter => ({ count: 0 }),
  commands: {} as { add(): number },
})
