import { join } from 'node:path'
import { Menu, app, dialog, nativeTheme, protocol, safeStorage, session, shell } from 'electron'
import { serve } from 'lockstep/electron/main'
import { openSource } from 'lockstep/source'
import { type ChatApp, openChatApp } from '../core/chat-app.ts'
import type { Vault } from '../core/vault.ts'
import { origin, pageFile, scheme } from './electron-page.ts'
import { type AppWindows, appWindows } from './electron-windows.ts'
import { avoidEndlessExit } from './endless-exit.ts'
import { closeInTime, report, startFailure } from './failure.ts'
import { storageIn } from './storage.ts'
import { windowsStore } from './window-places.ts'

/** The app in Electron. The main process owns the state; windows are views of it and may come and go. */

const output = __dirname
// Names the folder of the user's data, and so what is one instance.
app.setName('Lockstep Chat')
avoidEndlessExit(process.versions.electron)

if (app.requestSingleInstanceLock()) start()
else app.quit()

function start(): void {
  // Every renderer, whatever its window says; with --no-sandbox (needed as root) this would keep Chromium from starting.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
  // Before `ready`: a standard scheme has origins, a secure one may use the clipboard.
  protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true } }])
  app.on('web-contents-created', (_event, contents) => {
    // Links of answers open in the browser; nothing opens a window or leaves the page.
    contents.setWindowOpenHandler(({ url }) => {
      if (/^(?:https?|mailto):/.test(url)) void shell.openExternal(url)
      return { action: 'deny' }
    })
    contents.on('will-navigate', (event) => event.preventDefault())
    contents.on('will-attach-webview', (event) => event.preventDefault())
  })
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })

  void app.whenReady().then(run).catch(giveUp)
}

async function run(): Promise<void> {
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

  const storage = storageIn(process.env['LOCKSTEP_CHAT_DATA'] || join(app.getPath('userData'), 'data'))
  const places = await openSource(windowsStore, { storage, onError: report })
  const windows = appWindows(places)
  const chatApp = await openChatApp({
    environment: process.env,
    storage,
    vault: systemVault(),
    onError: report,
    kept: { windows: places },
    openWindow: (tabId) => {
      windows.open(tabId)
      return null
    },
  })
  serve([chatApp.chat, chatApp.settings, chatApp.data], {
    authorize: (peer) => peer.origin === origin,
    preload: join(output, 'preload.cjs'),
  })
  chatApp.settings.at('theme').subscribe((theme) => {
    nativeTheme.themeSource = theme
  })
  app.on('second-instance', () => windows.open())
  app.on('activate', (_event, hasVisibleWindows) => {
    if (!hasVisibleWindows) windows.open()
  })
  saveBeforeQuitting(chatApp, windows)
  windows.restore()
}

function saveBeforeQuitting(chatApp: ChatApp, windows: AppWindows): void {
  app.on('before-quit', () => windows.leave())
  let closing: Promise<void> | undefined
  // Not before: a window that closes has a last draft to hand over.
  app.on('will-quit', (event) => {
    event.preventDefault()
    closing ??= closeInTime(chatApp).then((code) => app.exit(code))
  })
}

/** The system's keychain. On a Linux without one, Electron would seal with a password that everybody knows. */
function systemVault(): Vault | undefined {
  if (!safeStorage.isEncryptionAvailable()) return undefined
  if (process.platform === 'linux' && safeStorage.getSelectedStorageBackend?.() === 'basic_text') return undefined
  return {
    seal: (text) => safeStorage.encryptString(text).toString('base64'),
    unseal(sealed) {
      try {
        return safeStorage.decryptString(Buffer.from(sealed, 'base64'))
      } catch {
        return undefined
      }
    },
  }
}

function giveUp(error: unknown): void {
  const message = startFailure(error)
  console.error(message)
  if (!process.stderr.isTTY) dialog.showErrorBox('Lockstep Chat', message)
  app.exit(1)
}
