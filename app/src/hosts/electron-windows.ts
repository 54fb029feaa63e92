import { BrowserWindow, nativeTheme, screen } from 'electron'
import type { Source } from 'lockstep/source'
import { newId } from '../core/id.ts'
import { origin } from './electron-page.ts'
import { type WindowPlace, type Windows, defaultSize, reachable } from './window-places.ts'

/** The app's windows. Their places are state, so that they open again where they were. */
export interface AppWindows {
  /** Opens another window, on a tab or on the one that was shown last. */
  open(tabId?: string): void
  /** Opens the windows of the last time, or one. */
  restore(): void
  /** From now on windows close because the app ends: their places are kept. */
  leave(): void
}

export function appWindows(source: Source<Windows>): AppWindows {
  let leaving = false

  function show(id: string, place: WindowPlace | undefined, tabId: string | undefined): void {
    const displays = screen.getAllDisplays().map(({ workArea }) => workArea)
    const window = new BrowserWindow({
      ...(place && (reachable(place.bounds, displays) ?? { width: place.bounds.width, height: place.bounds.height })),
      ...(place === undefined ? defaultSize : {}),
      minWidth: 360,
      minHeight: 420,
      show: false,
      autoHideMenuBar: true,
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#1a1b1c' : '#fbfaf7',
      webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false },
    })
    if (place?.maximized === true) window.maximize()
    if (place?.fullScreen === true) window.setFullScreen(true)
    window.once('ready-to-show', () => window.show())
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      // The state is not in there, so a new renderer shows all of it again.
      if (reason !== 'clean-exit' && !window.isDestroyed()) window.webContents.reload()
    })
    follow(id, window, tabId)
    const fragment = tabId === undefined ? '' : `#${new URLSearchParams({ tab: tabId })}`
    void window.loadURL(`${origin}/${fragment}`)
  }

  /** Keeps in the state where a window is and what it shows. */
  function follow(id: string, window: BrowserWindow, tabId: string | undefined): void {
    let shown = tabId
    const note = (): void => {
      const place = {
        bounds: window.getNormalBounds(),
        maximized: window.isMaximized(),
        fullScreen: window.isFullScreen(),
        tabId: shown,
      }
      source.update((draft) => {
        draft.places.set(id, place)
      })
    }
    const noteTab = (_event: unknown, url: string): void => {
      shown = new URLSearchParams(new URL(url).hash.slice(1)).get('tab') ?? undefined
      note()
    }
    note()
    // Moving sends many of these; saving takes one of them, at its own pace.
    for (const event of ['resize', 'move', 'maximize', 'unmaximize', 'enter-full-screen', 'leave-full-screen'] as const)
      window.on(event as 'resize', note)
    window.webContents.on('did-navigate', noteTab)
    window.webContents.on('did-navigate-in-page', noteTab)
    window.once('closed', () => {
      // The last one is where the app begins again.
      if (leaving || source.get().places.size === 1) return
      source.update((draft) => {
        draft.places.delete(id)
      })
    })
  }

  return {
    open(tabId) {
      if (BrowserWindow.getAllWindows().length === 0) this.restore()
      else show(newId(), undefined, tabId)
    },
    restore() {
      const places = [...source.get().places]
      for (const [id, place] of places) show(id, place, place.tabId)
      if (places.length === 0) show(newId(), undefined, undefined)
    },
    leave() {
      leaving = true
    },
  }
}
