import { defineStore } from 'lockstep'
import { openSource, type OpenedSource } from 'lockstep/source'
import type { Storage } from 'lockstep/storage'
import {
  type ProviderName,
  type Settings,
  type SettingsCommands,
  type Theme,
  settingsStore,
} from '../shared/settings.ts'
import { parseUrl } from '../shared/url.ts'
import { checkOneOf, checkText } from './check.ts'
import type { Vault } from './vault.ts'

export type SettingsSource = OpenedSource<Settings, SettingsCommands>

/** The settings and, beside them, the API key, which stays in this process. */
export interface SettingsKeeper {
  source: SettingsSource
  /** Where the key is kept, sealed; not to be served. Nothing, where there is no vault: then the key ends with the process. */
  secrets: OpenedSource<Secrets> | undefined
  key(): string | undefined
  /** A key was set when the app was used last, and has to be given again. */
  keyForgotten: boolean
}

/** What the environment may set, so that a start needs no clicks; see the README. */
export interface SettingsEnvironment {
  LOCKSTEP_CHAT_BASE_URL?: string | undefined
  LOCKSTEP_CHAT_MODEL?: string | undefined
  LOCKSTEP_CHAT_KEY?: string | undefined
}

export interface SettingsOptions {
  environment: SettingsEnvironment
  storage: Storage
  vault?: Vault | undefined
  /** Gets what goes wrong and nobody waits for. */
  onError?: (error: unknown) => void
}

interface Secrets {
  /** The API key and the origin of the server that it is for. */
  key: { server: string; sealed: string } | undefined
}

const secretsStore = defineStore('secrets', { state: (): Secrets => ({ key: undefined }) })

const providers: readonly ProviderName[] = ['demo', 'openai']
const themes: readonly Theme[] = ['system', 'light', 'dark']

/** @throws SyncError what `openSource` throws. */
export async function openSettings({ environment, storage, vault, onError }: SettingsOptions): Promise<SettingsKeeper> {
  const kept = { storage, ...(onError === undefined ? {} : { onError }) }
  const source: SettingsSource = await openSource(settingsStore, {
    ...kept,
    commands: {
      setProvider: (args) => {
        const provider = checkOneOf(args.provider, 'The provider', providers)
        const baseUrl = checkText(args.baseUrl, 'The base URL', 2_000).trim()
        const model = checkText(args.model, 'The model', 200).trim()
        if (provider === 'openai') checkServer(baseUrl, model)
        if (args.key !== undefined) setKey(args.key === null ? undefined : checkKey(args.key), baseUrl)
        else if (serverOf(baseUrl) !== serverOf(source.get().baseUrl)) setKey(undefined, baseUrl)
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
  const secrets = vault && (await openBeside(source, kept))

  function setKey(next: string | undefined, baseUrl: string): void {
    const server = serverOf(baseUrl)
    const sealed = next === undefined || server === undefined ? undefined : vault?.seal(next)
    key = next
    secrets?.update((draft) => {
      draft.key = sealed === undefined ? undefined : { server: server!, sealed }
    })
  }

  /** The key that was kept for the server of the settings. */
  function keptKey(): string | undefined {
    const kept = secrets?.get().key
    return kept?.server === serverOf(source.get().baseUrl) ? vault?.unseal(kept?.sealed ?? '') : undefined
  }

  const hadKey = source.get().hasKey
  source.update((draft) => {
    const { LOCKSTEP_CHAT_BASE_URL: baseUrl, LOCKSTEP_CHAT_MODEL: model } = environment
    if (baseUrl) Object.assign(draft, { provider: 'openai', baseUrl })
    if (model) draft.model = model
  })
  // A key of the environment is not kept: whoever puts it there keeps it himself.
  let key = environment.LOCKSTEP_CHAT_KEY?.trim() || keptKey()
  source.update((draft) => {
    draft.hasKey = key !== undefined
  })
  return {
    source,
    secrets,
    key: () => key,
    keyForgotten: hadKey && key === undefined && source.get().provider === 'openai',
  }
}

async function openBeside(
  settings: SettingsSource,
  options: { storage: Storage; onError?: (error: unknown) => void },
): Promise<OpenedSource<Secrets>> {
  try {
    return await openSource(secretsStore, options)
  } catch (error) {
    await settings.close()
    throw error
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
