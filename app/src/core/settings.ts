import { createSource, type Source } from 'lockstep/source'
import {
  type ProviderName,
  type Settings,
  type SettingsCommands,
  type Theme,
  settingsStore,
} from '../shared/settings.ts'
import { parseUrl } from '../shared/url.ts'
import { checkOneOf, checkText } from './check.ts'

export type SettingsSource = Source<Settings, SettingsCommands>

/** The settings and, beside them, the API key, which stays in this process. */
export interface SettingsKeeper {
  source: SettingsSource
  key(): string | undefined
}

/** What the environment may set, so that a start needs no clicks; see the README. */
export interface SettingsEnvironment {
  LOCKSTEP_CHAT_BASE_URL?: string | undefined
  LOCKSTEP_CHAT_MODEL?: string | undefined
  LOCKSTEP_CHAT_KEY?: string | undefined
}

const providers: readonly ProviderName[] = ['demo', 'openai']
const themes: readonly Theme[] = ['system', 'light', 'dark']

export function createSettings(environment: SettingsEnvironment): SettingsKeeper {
  let key = environment.LOCKSTEP_CHAT_KEY?.trim() || undefined
  const source = createSource(settingsStore, {
    state: initialSettings(environment, key !== undefined),
    commands: {
      setProvider: (args) => {
        const provider = checkOneOf(args.provider, 'The provider', providers)
        const baseUrl = checkText(args.baseUrl, 'The base URL', 2_000).trim()
        const model = checkText(args.model, 'The model', 200).trim()
        if (provider === 'openai') checkServer(baseUrl, model)
        if (args.key !== undefined) key = args.key === null ? undefined : checkKey(args.key)
        else if (serverOf(baseUrl) !== serverOf(source.get().baseUrl)) key = undefined
        source.update((draft) => {
          draft.provider = provider
          draft.baseUrl = baseUrl
          draft.model = model
          draft.hasKey = key !== undefined
        })
      },
      setTheme: (args) => {
        const theme = checkOneOf(args.theme, 'The theme', themes)
        source.update((draft) => {
          draft.theme = theme
        })
      },
    },
  })
  return { source, key: () => key }
}

function initialSettings(environment: SettingsEnvironment, hasKey: boolean): Settings {
  const defaults = settingsStore.state()
  const baseUrl = environment.LOCKSTEP_CHAT_BASE_URL
  return {
    ...defaults,
    ...(baseUrl ? { provider: 'openai', baseUrl } : {}),
    model: environment.LOCKSTEP_CHAT_MODEL || defaults.model,
    hasKey,
  }
}

function checkServer(baseUrl: string, model: string): void {
  if (serverOf(baseUrl) === undefined) throw new Error('The base URL has to start with http:// or https://.')
  if (model === '') throw new Error('The model is missing.')
}

function checkKey(value: unknown): string | undefined {
  const key = checkText(value, 'The API key', 4_000).trim()
  // A header with anything else in it is refused by fetch, with a message that would show the key.
  if (!/^[\x21-\x7e]*$/.test(key)) throw new Error('The API key has characters that no key has. Was it copied whole?')
  return key || undefined
}

function serverOf(baseUrl: string): string | undefined {
  return /^https?:\/\//.test(baseUrl) ? parseUrl(baseUrl)?.origin : undefined
}
