export interface Shortcut {
  /** As shown; `Mod` is ⌘ on a Mac and Ctrl elsewhere. */
  keys: readonly string[]
  /** What it does, in the user's words. */
  does: string
  matches(event: KeyboardEvent): boolean
  run(): void
}

const isMac = /Mac|iPhone|iPad/.test(navigator.platform)

/** ⌘ on a Mac, Ctrl elsewhere, with no other modifier but those named. */
function isMod(event: KeyboardEvent, { shift = false } = {}): boolean {
  const mod = isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey
  return mod && !event.altKey && event.shiftKey === shift
}

function isAlt(event: KeyboardEvent): boolean {
  return event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey
}

export interface ShortcutActions {
  newTab(): void
  closeTab(): void
  rename(): void
  step(by: 1 | -1): void
  newWindow(): void
  settings(): void
  help(): void
}

/** The app's shortcuts, chosen so that no browser keeps them for itself. */
export function shortcutsFor(actions: ShortcutActions): Shortcut[] {
  return [
    {
      keys: ['Mod', 'Shift', 'O'],
      does: 'New chat',
      matches: (event) => isMod(event, { shift: true }) && event.code === 'KeyO',
      run: actions.newTab,
    },
    {
      keys: ['Mod', 'Shift', '⌫'],
      does: 'Close chat',
      matches: (event) => isMod(event, { shift: true }) && event.code === 'Backspace',
      run: actions.closeTab,
    },
    { keys: ['F2'], does: 'Rename chat', matches: (event) => event.code === 'F2', run: actions.rename },
    {
      keys: ['Alt', '↑'],
      does: 'Previous chat',
      matches: (event) => isAlt(event) && event.code === 'ArrowUp',
      run: () => actions.step(-1),
    },
    {
      keys: ['Alt', '↓'],
      does: 'Next chat',
      matches: (event) => isAlt(event) && event.code === 'ArrowDown',
      run: () => actions.step(1),
    },
    {
      keys: ['Mod', 'Shift', 'Y'],
      does: 'New window',
      matches: (event) => isMod(event, { shift: true }) && event.code === 'KeyY',
      run: actions.newWindow,
    },
    {
      keys: ['Mod', ','],
      does: 'Settings',
      matches: (event) => isMod(event) && event.code === 'Comma',
      run: actions.settings,
    },
    {
      keys: ['Mod', '/'],
      does: 'Shortcuts',
      matches: (event) => isMod(event) && event.code === 'Slash',
      run: actions.help,
    },
  ]
}

/** A key's name on this keyboard. */
export function keyName(key: string): string {
  if (key === 'Mod') return isMac ? '⌘' : 'Ctrl'
  if (key === 'Alt') return isMac ? '⌥' : 'Alt'
  if (key === 'Shift') return isMac ? '⇧' : 'Shift'
  return key
}
