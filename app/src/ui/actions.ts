import { noTab } from '../shared/chat.ts'
import { attempt } from './notice.svelte.ts'
import { route } from './route.svelte.ts'
import { chat, data } from './stores.ts'

/** What the user does, as one call each: a command, and what this window shows after it. */

export async function newTab(): Promise<string | undefined> {
  // An empty tab that is open already is as good as a new one.
  const { order, tabs } = chat.get()
  const empty = order.findLast((id) => tabs.get(id)?.messages.length === 0)
  const tabId = empty ?? (await attempt(chat.call.newTab()))
  if (tabId !== undefined) route.show(tabId)
  return tabId
}

export async function ask(tabId: string | undefined, prompt: string): Promise<void> {
  const target = tabId ?? (await newTab())
  if (target !== undefined) await attempt(chat.call.ask({ tabId: target, prompt }))
}

/** Asks what is typed in a tab; `false` if it was refused and has to be shown there again. */
export async function send(tabId: string | undefined, prompt: string): Promise<boolean> {
  const target = tabId ?? (await newTab())
  if (target === undefined) return false
  const asked = await attempt(chat.call.ask({ tabId: target, prompt, draft: tabId ?? noTab }).then(() => true))
  if (asked === true || tabId !== undefined) return asked === true
  await attempt(moveDraft(target, prompt))
  return true
}

/** To a tab that has been made for it, and is shown. */
async function moveDraft(tabId: string, text: string): Promise<void> {
  await chat.call.saveDraft({ tabId, text })
  await chat.call.saveDraft({ tabId: noTab, text: '' })
}

export async function stop(tabId: string): Promise<void> {
  await attempt(chat.call.stop({ tabId }))
}

export async function retry(tabId: string): Promise<void> {
  await attempt(chat.call.retry({ tabId }))
}

export async function continueAnswer(tabId: string): Promise<void> {
  await attempt(chat.call.continueAnswer({ tabId }))
}

export async function closeTab(tabId: string): Promise<void> {
  await attempt(chat.call.closeTab({ tabId }))
}

export async function renameTab(tabId: string, title: string): Promise<void> {
  await attempt(chat.call.renameTab({ tabId, title }))
}

export async function openWindow(tabId: string | undefined): Promise<void> {
  const page = await attempt(chat.call.openWindow(tabId === undefined ? {} : { tabId }))
  // A host that cannot open windows leaves it to the page.
  if (page) open(page.url, '_blank', 'noopener')
}

export async function dismissFinding(index: number): Promise<void> {
  await attempt(data.call.dismiss({ index }))
}
