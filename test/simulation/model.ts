/** The state of the simulated stores: something of everything that a state may hold. */
import { defineStore, type StoreDefinition } from '../../src/index.ts'
import type { Key } from '../../src/index.ts'
import type { Random } from './random.ts'

export interface State {
  /** Which life of the source this is, so that the oracle knows what a replica shows. */
  life: number
  count: number
  order: string[]
  tabs: Map<string, Tab>
  marks: Set<string | number>
  settings: { theme: string; sizes: Record<string, number>; maybe?: { deep: string[] } | undefined }
  rich: { date: Date; big: bigint; bytes: Uint8Array; odd: number; nothing: undefined }
  /** The commands that have run last. */
  done: string[]
}

export interface Tab {
  title: string
  texts: { main: string; notes: string }
  list: Item[]
}

export interface Item {
  id: number
  label: string
  tags?: string[]
}

export type Commands = {
  /** Changes something; returns its token. */
  touch(args: { token: string; seed: number }): string
  /** The same, after some time. */
  later(args: { token: string; seed: number; delay: number }): string
  /** Changes something and throws. */
  fail(args: { token: string; seed: number }): never
}

export type Store = StoreDefinition<State, Commands>

/** Life 0 is the definition's state, which a replica shows before the source's has arrived. */
export function initialState(): State {
  return {
    life: 0,
    count: 0,
    order: [],
    tabs: new Map(),
    marks: new Set(),
    settings: { theme: 'light', sizes: {} },
    rich: { date: new Date(0), big: 0n, bytes: new Uint8Array(2), odd: Number.NaN, nothing: undefined },
    done: [],
  }
}

export const stores: readonly Store[] = ['one', 'two'].map((name) =>
  defineStore<State, Commands>(name, { state: initialState }),
)

export const tabIds: readonly string[] = ['a', 'b', 'c', 'd']
export const sizeKeys: readonly string[] = ['x', 'y', 'z', '1', '0', '~']

/** Somewhere in the state, be it there at the moment or not. */
export function randomPath(random: Random): readonly Key[] {
  const tab = random.pick(tabIds)
  switch (random.int(14)) {
    case 0:
      return ['count']
    case 1:
      return ['order']
    case 2:
      return ['order', random.int(4)]
    case 3:
      return ['tabs']
    case 4:
      return ['tabs', tab]
    case 5:
      return ['tabs', tab, 'title']
    case 6:
      return ['tabs', tab, 'list']
    case 7:
      return ['tabs', tab, 'list', random.int(3)]
    case 8:
      return ['tabs', tab, 'list', random.int(3), random.pick(['id', 'label', 'tags'])]
    case 9:
      return ['settings', 'sizes', random.pick(sizeKeys)]
    case 10:
      return ['settings', random.pick(['theme', 'sizes', 'maybe'])]
    case 11:
      return ['rich', random.pick(['date', 'big', 'bytes', 'odd', 'nothing'])]
    case 12:
      return ['marks']
    default:
      return randomTextPath(random)
  }
}

export function randomTextPath(random: Random): readonly Key[] {
  return ['tabs', random.pick(tabIds), 'texts', random.pick(['main', 'notes'])]
}
