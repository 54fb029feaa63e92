import { defineStore } from 'lockstep'

export type ProviderName = 'demo' | 'openai'
export type Theme = 'system' | 'light' | 'dark'

export interface Settings {
  provider: ProviderName
  /** Where an OpenAI-compatible API is, up to and without `/chat/completions`. */
  baseUrl: string
  model: string
  /** Whether an API key is set. The key itself never is in this state, so it never reaches a window. */
  hasKey: boolean
  theme: Theme
}

export type SettingsCommands = {
  /**
   * Chooses who answers. `key` sets the API key, `null` forgets it, and without it the old key stays, unless the server
   * changes: a key is never sent to another server than the one it was given for.
   */
  setProvider(args: { provider: ProviderName; baseUrl: string; model: string; key?: string | null }): void
  setTheme(args: { theme: Theme }): void
}

export const settingsStore = defineStore('settings', {
  state: (): Settings => ({
    provider: 'demo',
    baseUrl: 'https://api.openai.com/v1',
    model: 'gpt-4o-mini',
    hasKey: false,
    theme: 'system',
  }),
  commands: {} as SettingsCommands,
})
