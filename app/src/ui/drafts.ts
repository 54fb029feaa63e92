/** Unsent prompts: this window's own, kept over a switch of tabs and a reload. */
const prefix = 'draft:'

export function loadDraft(tabId: string | undefined): string {
  return sessionStorage.getItem(prefix + (tabId ?? '')) ?? ''
}

export function saveDraft(tabId: string | undefined, text: string): void {
  if (text === '') sessionStorage.removeItem(prefix + (tabId ?? ''))
  else sessionStorage.setItem(prefix + (tabId ?? ''), text)
}
