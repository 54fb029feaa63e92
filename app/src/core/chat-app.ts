import { demoLabel } from '../shared/chat.ts'
import { type ChatSource, createChat } from './chat.ts'
import { systemClock } from './clock.ts'
import { demoProvider } from './providers/demo.ts'
import { openAiProvider } from './providers/openai.ts'
import { type SettingsEnvironment, type SettingsSource, createSettings } from './settings.ts'

/** The app without a host: its two sources, ready to be served. */
export interface ChatApp {
  chat: ChatSource
  settings: SettingsSource
}

export interface ChatAppOptions {
  environment: SettingsEnvironment
  openWindow(tabId: string | undefined): { url: string } | null
}

export function createChatApp({ environment, openWindow }: ChatAppOptions): ChatApp {
  const settings = createSettings(environment)
  const demo = demoProvider(systemClock)
  const chat = createChat({
    openWindow,
    answerer: () => {
      const { provider, baseUrl, model } = settings.source.get()
      if (provider === 'demo') return { provider: demo, model: 'demo', label: demoLabel }
      return { provider: openAiProvider({ baseUrl, key: settings.key() }), model, label: model }
    },
  })
  return { chat, settings: settings.source }
}
