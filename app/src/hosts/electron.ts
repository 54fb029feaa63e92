import { join } from 'node:path'
import { BrowserWindow, Menu, app, nativeTheme, protocol, session, shell } from 'electron'
import { serve } from 'lockstep/electron/main'
import { createChatApp } from '../core/chat-app.ts'
import { origin, pageFile, scheme } from './electron-page.ts'

/** The app in Electron. The main process owns the state; windows are views of it and may come and go. */

const output = __dirname
// Names the folder of the user's data, and so what is one instance.
app.setName('Lockstep Chat')

if (app.requestSingleInstanceLock()) start()
else app.quit()

function start(): void {
  // Every renderer, whatever its window says; with --no-sandbox (needed as root) this would keep Chromium from starting.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
  // Before `ready`: a standard scheme has origins, a secure one may use the clipboard.
  protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true } }])

  const { chat, settings } = createChatApp({
    environment: process.env,
    openWindow: (tabId) => {
      openWindow(tabId)
      return null
    },
  })
  serve([chat, settings], {
    authorize: (peer) => peer.origin === origin,
    preload: join(output, 'preload.cjs'),
  })
  settings.at('theme').subscribe((theme) => {
    nativeTheme.themeSource = theme
  })

  app.on('second-instance', () => openWindow())
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) openWindow()
  })
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  app.on('web-contents-created', (_event, contents) => {
    // Links of answers open in the browser; nothing opens a window or leaves the page.
    contents.setWindowOpenHandler(({ url }) => {
      if (/^(?:https?|mailto):/.test(url)) void shell.openExternal(url)
      return { action: 'deny' }
    })
    contents.on('will-navigate', (event) => event.preventDefault())
    contents.on('will-attach-webview', (event) => event.preventDefault())
  })

  void app.whenReady().then(() => {
    protocol.handle(scheme, pageFile(join(output, 'ui')))
    // The page copies text, and needs nothing else.
    session.defaultSession.setPermissionRequestHandler((_contents, permission, answer) => {
      answer(permission === 'clipboard-sanitized-write')
    })
    session.defaultSession.setPermissionCheckHandler(
      (_contents, permission) => permission === 'clipboard-sanitized-write',
    )
    Menu.setApplicationMenu(
      Menu.buildFromTemplate([
        ...(process.platform === 'darwin' ? [{ role: 'appMenu' as const }] : []),
        { role: 'editMenu' },
        { role: 'viewMenu' },
        { role: 'windowMenu' },
      ]),
    )
    openWindow()
  })
}

function openWindow(tabId?: string): void {
  const window = new BrowserWindow({
    width: 1120,
    height: 780,
    minWidth: 360,
    minHeight: 420,
    show: false,
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#1a1b1c' : '#fbfaf7',
    webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false },
  })
  window.once('ready-to-show', () => window.show())
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    // The state is not in there, so a new renderer shows all of it again.
    if (reason !== 'clean-exit' && !window.isDestroyed()) window.webContents.reload()
  })
  const fragment = tabId === undefined ? '' : `#${new URLSearchParams({ tab: tabId })}`
  void window.loadURL(`${origin}/${fragment}`)
}
