import type { Theme } from '../shared/settings.ts'

const prefersDark = matchMedia('(prefers-color-scheme: dark)')
let chosen: Theme = 'system'

/** Shows the theme; `system` follows the system from now on. */
export function applyTheme(theme: Theme): void {
  chosen = theme
  show()
}

/** The theme that is to be seen now. */
export function visibleTheme(theme: Theme): 'light' | 'dark' {
  if (theme !== 'system') return theme
  return prefersDark.matches ? 'dark' : 'light'
}

function show(): void {
  document.documentElement.dataset['theme'] = visibleTheme(chosen)
}

prefersDark.addEventListener('change', show)
