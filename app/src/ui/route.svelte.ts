/** Which tab this window shows. It is in the URL's fragment, so that a reload keeps it and each window has its own. */
let tabId = $state(readTab())

addEventListener('hashchange', () => {
  tabId = readTab()
})

export const route = {
  get tabId(): string | undefined {
    return tabId
  },
  /** Shows a tab; `replace` leaves no entry in the history, for when the user has not chosen it. */
  show(id: string | undefined, { replace = false } = {}): void {
    if (id === tabId) return
    tabId = id
    const url = id === undefined ? location.pathname : tabHref(id)
    if (replace) history.replaceState(null, '', url)
    else history.pushState(null, '', url)
  },
}

export function tabHref(id: string): string {
  return `#tab=${encodeURIComponent(id)}`
}

function readTab(): string | undefined {
  return new URLSearchParams(location.hash.slice(1)).get('tab') ?? undefined
}
