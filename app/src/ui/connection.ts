import type { Replica } from 'lockstep/replica'
import { type Chat, type ChatCommands, chatStore } from '../shared/chat.ts'
import { type DataCommands, type DataState, dataStore } from '../shared/data.ts'
import { type Settings, type SettingsCommands, settingsStore } from '../shared/settings.ts'

export interface Replicas {
  chat: Replica<Chat, ChatCommands>
  settings: Replica<Settings, SettingsCommands>
  data: Replica<DataState, DataCommands>
}

/** Connects to the process that owns the state: Electron's main process, or a server on this machine. */
export async function connectReplicas(): Promise<Replicas> {
  if (location.protocol === 'app:') {
    const { connect } = await import('lockstep/electron/renderer')
    return { chat: connect(chatStore), settings: connect(settingsStore), data: connect(dataStore) }
  }
  const [{ connectWebSocket }, { createReplica }] = await Promise.all([
    import('lockstep/websocket/client'),
    import('lockstep/replica'),
  ])
  const token = takeToken()
  const connection = connectWebSocket({
    url: `ws://${location.host}/lockstep`,
    ...(token === undefined ? {} : { token }),
  })
  return {
    chat: createReplica(chatStore, connection),
    settings: createReplica(settingsStore, connection),
    data: createReplica(dataStore, connection),
  }
}

/** The one-time token of the URL's fragment, which is taken out: it shall stay neither on the screen nor in the history. */
function takeToken(): string | undefined {
  const fragment = new URLSearchParams(location.hash.slice(1))
  const token = fragment.get('token')
  if (token === null) return undefined
  fragment.delete('token')
  const rest = fragment.toString()
  history.replaceState(null, '', rest === '' ? location.pathname : `#${rest}`)
  return token
}
