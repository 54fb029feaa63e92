import { attempt } from './notice.svelte.ts'
import { route } from './route.svelte.ts'
import { chat } from './stores.ts'

/** What the user does, as one call each: a command, and what this window shows after it. */

export async function newTab(): Promise<string | undefined> {
  // An empty tab that is open already is as good as a new one.
  const { order, tabs } = chat.get()
  const empty = order.findLast((id) => tabs.get(id)?.messages.length === 0)
  const tabId = empty ?? (await attempt(chat.call.newTab()))
  if (tabId !== undefined) route.show(tabId)
  return tabId
}

export async function ask(tabId: string | undefined, prompt: string): Promise<boolean> {
  const target = tabId ?? (await newTab())
  if (target === undefined) return false
  return (await attempt(chat.call.ask({ tabId: target, prompt }).then(() => true))) === true
}

export async function stop(tabId: string): Promise<void> {
  await attempt(chat.call.stop({ tabId }))
}

export async function retry(tabId: string): Promise<void> {
  await attempt(chat.call.retry({ tabId }))
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
