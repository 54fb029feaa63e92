import { defineStore } from 'lockstep'

/**
 * `streaming` until the answer is over; it is state, so a window that opens late knows it as well as one that was there.
 * `interrupted`: the app ended before the answer did.
 */
export type MessageStatus = 'streaming' | 'done' | 'stopped' | 'error' | 'interrupted'

export interface Message {
  id: string
  role: 'user' | 'assistant'
  /** Markdown. Grows while `status` is `streaming`. */
  text: string
  status: MessageStatus
  /** What went wrong, in words for the user. Only with `status: 'error'`; the text that had arrived stays. */
  error?: string
  /** Who answered, as shown beside the answer. Only on answers. */
  model?: string
}

export interface Tab {
  id: string
  title: string
  /** The user has chosen the title, so a first prompt no longer changes it. */
  named: boolean
  messages: Message[]
}

export interface Chat {
  /** Ids of the open tabs, as shown from first to last. */
  order: string[]
  tabs: Map<string, Tab>
  /** What is typed and not sent yet, by tab; under `noTab`, what is typed while there is none. */
  drafts: Map<string, string>
  /** The tab that a window has shown last: a window that is not told another begins with it. */
  lastShown: string | undefined
}

/** In place of a tab's id, where there is no tab yet. */
export const noTab = ''

/** What windows may ask for; the code runs beside the source (core/commands.ts). */
export type ChatCommands = {
  /** Opens an empty tab and returns its id. */
  newTab(): string
  closeTab(args: { tabId: string }): void
  renameTab(args: { tabId: string; title: string }): void
  /**
   * Adds the prompt and an answer that streams from now on; resolves as soon as both are in the state. If the prompt was a
   * draft, `draft` says which, and it is no draft any more.
   */
  ask(args: { tabId: string; prompt: string; draft?: string }): void
  /** Ends the answer that is streaming in a tab; what has arrived stays. */
  stop(args: { tabId: string }): void
  /** Answers the last prompt of a tab again, in place of its last answer. */
  retry(args: { tabId: string }): void
  /** Goes on with the last answer of a tab, which has ended too early, where it ends. */
  continueAnswer(args: { tabId: string }): void
  /** Keeps what is typed in a tab (or in `noTab`). */
  saveDraft(args: { tabId: string; text: string }): void
  /** Says which tab a window shows now. */
  showTab(args: { tabId: string }): void
  /**
   * Opens another window on a tab. A host that cannot open windows by itself (the browser's) returns the URL that the
   * page has to open.
   */
  openWindow(args: { tabId?: string }): { url: string } | null
}

export const chatStore = defineStore('chat', {
  state: (): Chat => ({ order: [], tabs: new Map(), drafts: new Map(), lastShown: undefined }),
  commands: {} as ChatCommands,
})

/** The longest prompt that is taken, in UTF-16 units: far more than a model reads, far less than a frame may hold. */
export const maxPromptLength = 200_000

export const untitled = 'New chat'

/** What stands beside the answers of the built-in model, so that nobody takes it for one that thinks. */
export const demoLabel = 'Demo model'
