import type { Contestant } from '../lab/contestant.ts'

export type ContestantName =
  | 'nothing'
  | 'raw'
  | 'lockstep'
  | 'lockstep, no effect'
  | 'bare invoke'
  | 'full state'
  | 'tab-updated'
  | 'electron-redux'
  | 'zubridge'
  | 'electron-state-sync'
  | 'electron-shared-state'
  | 'yjs'
  | 'tinybase'

/** Loaded one by one: each lab has only its own contestant in it. */
export const contestants: Readonly<Record<ContestantName, () => Promise<Contestant>>> = {
  nothing: async () => (await import('./nothing.ts')).nothing,
  raw: async () => (await import('./raw.ts')).raw,
  lockstep: async () => (await import('./lockstep.ts')).lockstep,
  'lockstep, no effect': async () => (await import('./lockstep.ts')).lockstepWithoutEffect,
  'bare invoke': async () => (await import('./bare-invoke.ts')).bareInvoke,
  'full state': async () => (await import('./by-hand.ts')).fullState,
  'tab-updated': async () => (await import('./by-hand.ts')).tabUpdated,
  'electron-redux': async () => (await import('./electron-redux.ts')).electronRedux,
  zubridge: async () => (await import('./zubridge.ts')).zubridge,
  'electron-state-sync': async () => (await import('./electron-state-sync.ts')).electronStateSync,
  'electron-shared-state': async () => (await import('./electron-shared-state.ts')).electronSharedState,
  yjs: async () => (await import('./yjs.ts')).yjs,
  tinybase: async () => (await import('./tinybase.ts')).tinybase,
}
