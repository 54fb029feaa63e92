/**
 * Stands in for an Electron that has SQLite, where none is at hand: as much of its main process as the app calls, in a
 * Node that has it. Loaded by `--require`. The first window ends the app as its user would. Says what windows are opened.
 */
const { EventEmitter } = require('node:events')
const Module = require('node:module')

class BrowserWindow extends EventEmitter {
  static open = []
  static getAllWindows = () => BrowserWindow.open
  webContents = new EventEmitter()
  constructor(options) {
    super()
    this.options = options
    BrowserWindow.open.push(this)
  }
  getNormalBounds = () => ({ x: 120, y: 130, width: 800, height: 640 })
  isMaximized = () => false
  isFullScreen = () => false
  show() {}
  async loadURL(url) {
    const { x, y, width, height } = this.options
    console.log(JSON.stringify({ url, x, y, width, height }))
    setImmediate(() => app.quit())
  }
}

const app = Object.assign(new EventEmitter(), {
  commandLine: { hasSwitch: () => true },
  setName() {},
  requestSingleInstanceLock: () => true,
  whenReady: async () => {},
  isReady: () => true,
  getPath: () => process.env.LOCKSTEP_CHAT_DATA,
  exit: (code) => process.exit(code),
  quit() {
    app.emit('before-quit', { preventDefault() {} })
    app.emit('will-quit', { preventDefault() {} })
  },
})

const session = {
  setPermissionRequestHandler() {},
  setPermissionCheckHandler() {},
  registerPreloadScript: () => '1',
  unregisterPreloadScript() {},
}

const electron = {
  app,
  BrowserWindow,
  Menu: { setApplicationMenu() {}, buildFromTemplate() {} },
  dialog: { showErrorBox() {} },
  ipcMain: new EventEmitter(),
  nativeTheme: {},
  protocol: { registerSchemesAsPrivileged() {}, handle() {} },
  safeStorage: { isEncryptionAvailable: () => false },
  screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1440, height: 900 } }] },
  session: { defaultSession: session },
  shell: {},
}

const load = Module._load
Module._load = function (request, ...rest) {
  return request === 'electron' ? electron : load.call(this, request, ...rest)
}
