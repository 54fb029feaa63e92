/** A window of the benchmark in a real Electron. */
import { join } from 'node:path'
import { BrowserWindow, ipcMain, MessageChannelMain } from 'electron'
import type { WindowEnd } from '../lab/contestant.ts'

/** Longer than anything should take: then something is wrong, and it is better said than waited for. */
const patience = 120_000

export class Window {
  readonly #window: BrowserWindow
  #end: WindowEnd | undefined
  /** Frames sent by its port. */
  frames = 0

  private constructor(window: BrowserWindow) {
    this.#window = window
  }

  /** Loads a page, and waits until nothing of that is going on any more. */
  static async load(page: string): Promise<Window> {
    const window = new BrowserWindow({
      show: false,
      webPreferences: { preload: join(import.meta.dirname, 'preload.cjs'), backgroundThrottling: false },
    })
    window.webContents.on('console-message', (_, level, message) => {
      // Electron warns of what matters to an application that is shipped.
      if (level === 3) console.error(message)
    })
    await window.loadURL(`app://chat/${page}`)
    return new Window(window)
  }

  get pid(): number {
    return this.#window.webContents.getOSProcessId()
  }

  /** Hands the page its port, the first time; returns main's end. */
  connect(): WindowEnd {
    if (this.#end !== undefined) return this.#end
    const { port1, port2 } = new MessageChannelMain()
    this.#end = {
      webContents: this.#window.webContents as unknown as WindowEnd['webContents'],
      port: {
        postMessage: (message) => {
          this.frames++
          port1.postMessage(message)
        },
        on(type, listener) {
          if (type === 'close') port1.on('close', () => listener(undefined))
          else if (type === 'message') port1.on('message', ({ data }) => listener(data as unknown))
        },
        start: () => port1.start(),
        close: () => port1.close(),
      },
    }
    this.#window.webContents.postMessage('port', null, [port2])
    return this.#end
  }

  tell(what: string, ...args: readonly unknown[]): void {
    this.#window.webContents.send(what, ...args)
  }

  /** Resolves when the page says so. */
  says(what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const listener = ({ sender }: Electron.IpcMainEvent): void => {
        if (sender !== this.#window.webContents) return
        ipcMain.off(what, listener)
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => reject(new Error(`The page did not say "${what}"`)), patience)
      ipcMain.on(what, listener)
    })
  }

  close(): void {
    this.#window.destroy()
  }
}
