import type { Source } from 'lockstep/source'
import type { Storage } from 'lockstep/storage'
import { demoLabel } from '../shared/chat.ts'
import type { DataCommands, DataState, Finding } from '../shared/data.ts'
import { type ChatKeeper, type ChatSource, openChat } from './chat.ts'
import { systemClock } from './clock.ts'
import { type Kept, createData } from './data.ts'
import { demoProvider } from './providers/demo.ts'
import { openAiProvider } from './providers/openai.ts'
import { type SettingsEnvironment, type SettingsKeeper, type SettingsSource, openSettings } from './settings.ts'
import type { Vault } from './vault.ts'

/** The app without a host: its sources, ready to be served. */
export interface ChatApp {
  chat: ChatSource
  settings: SettingsSource
  data: Source<DataState, DataCommands>
  /**
   * Ends the running answers, saves everything, and lets go of the storage.
   *
   * @throws SyncError `storage-failed` and the like: something could not be saved.
   */
  close(): Promise<void>
}

export interface ChatAppOptions {
  environment: SettingsEnvironment
  storage: Storage
  vault?: Vault | undefined
  /** Gets what goes wrong and nobody waits for. */
  onError?: (error: unknown) => void
  openWindow(tabId: string | undefined): { url: string } | null
  /** What the host keeps itself, by what the user calls it. Closed with the app. */
  kept?: Readonly<Record<string, Kept>>
}

/** How long answers may take to end when the app does, in ms. One that does not is found as interrupted at the next start. */
const patience = 1_000

/** @throws SyncError what `openSource` throws; then nothing is open. */
export async function openChatApp(options: ChatAppOptions): Promise<ChatApp> {
  const opened: Kept[] = Object.values(options.kept ?? {})
  try {
    const settings = await openSettings(options)
    opened.push(settings.source, ...(settings.secrets ? [settings.secrets] : []))
    const chat = await openChat({ ...options, answerer: answererOf(settings) })
    opened.push(chat.source)
    return { ...serving(chat, settings, options), close: () => close(chat, opened) }
  } catch (error) {
    await Promise.allSettled(opened.map((source) => source.close()))
    throw error
  }
}

function answererOf({ source, key }: SettingsKeeper) {
  const demo = demoProvider(systemClock)
  return () => {
    const { provider, baseUrl, model } = source.get()
    if (provider === 'demo') return { provider: demo, model: 'demo', label: demoLabel }
    return { provider: openAiProvider({ baseUrl, key: key() }), model, label: model }
  }
}

function serving(chat: ChatKeeper, settings: SettingsKeeper, { kept, vault }: ChatAppOptions): Omit<ChatApp, 'close'> {
  const secrets = settings.secrets ? { 'API key': settings.secrets } : {}
  const findings: Finding[] = settings.keyForgotten ? [{ kind: 'key-forgotten' }] : []
  const data = createData(
    { chats: chat.source, settings: settings.source, ...secrets, ...kept },
    { keyIs: vault === undefined ? 'forgotten' : 'kept', findings },
  )
  return { chat: chat.source, settings: settings.source, data }
}

async function close(chat: ChatKeeper, opened: readonly Kept[]): Promise<void> {
  await Promise.race([chat.interrupt(), systemClock.sleep(patience, new AbortController().signal)])
  const results = await Promise.allSettled(opened.map((source) => source.close()))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
