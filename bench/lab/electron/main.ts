/**
 * What the main process sees of a fake Electron: as much as the peers use. Every message is a real structured clone to
 * another thread.
 */
import { EventEmitter } from 'node:events'
import type { MessagePort } from 'node:worker_threads'
import { countedPort } from '../port.ts'
import type { FromWindow } from './messages.ts'

type Handler = (event: object, ...args: unknown[]) => unknown

class IpcMain extends EventEmitter {
  readonly handlers: Map<string, Handler> = new Map()
  handle(channel: string, handler: Handler): void {
    this.handlers.set(channel, handler)
  }
  removeHandler(channel: string): void {
    this.handlers.delete(channel)
  }
}

export const ipcMain: IpcMain = new IpcMain().setMaxListeners(0)

const all = new Map<number, FakeWebContents>()
let lastId = 0

export class FakeWebContents extends EventEmitter {
  readonly id: number = ++lastId
  readonly #port
  #destroyed = false

  constructor(port: MessagePort) {
    super()
    this.setMaxListeners(0)
    this.#port = countedPort(port)
    all.set(this.id, this)
    port.on('message', (message: FromWindow) => void this.#receive(message))
  }

  send(channel: string, ...args: unknown[]): void {
    if (!this.#destroyed) this.#port.postMessage(['event', channel, args])
  }
  isDestroyed(): boolean {
    return this.#destroyed
  }
  isLoading(): boolean {
    return false
  }
  isCrashed(): boolean {
    return false
  }
  getURL(): string {
    return 'app://chat/'
  }
  getType(): string {
    return 'window'
  }
  destroy(): void {
    this.#destroyed = true
    all.delete(this.id)
    this.emit('destroyed')
  }

  async #receive([kind, channel, args, id, wake]: FromWindow): Promise<void> {
    const event = { sender: this, returnValue: undefined as unknown, processId: 1, frameId: this.id }
    if (kind === 'send') {
      ipcMain.emit(channel, event, ...args)
    } else if (kind === 'sendSync') {
      ipcMain.emit(channel, event, ...args)
      this.#port.postMessage(['result', id, event.returnValue])
      if (wake) {
        Atomics.store(new Int32Array(wake), 0, 1)
        Atomics.notify(new Int32Array(wake), 0)
      }
    } else {
      try {
        this.#port.postMessage(['result', id, await ipcMain.handlers.get(channel)?.(event, ...args)])
      } catch (error) {
        this.#port.postMessage(['failure', id, String(error)])
      }
    }
  }
}

export const webContents: {
  getAllWebContents(): FakeWebContents[]
  fromId(id: number): FakeWebContents | undefined
} = {
  getAllWebContents: (): FakeWebContents[] => [...all.values()],
  fromId: (id: number): FakeWebContents | undefined => all.get(id),
}

export const BrowserWindow: { getAllWindows(): { webContents: FakeWebContents }[] } = {
  getAllWindows: () => webContents.getAllWebContents().map((contents) => ({ webContents: contents })),
}

/** Packaged, as in production. */
export const app: EventEmitter & { isPackaged: boolean } = Object.assign(new EventEmitter(), { isPackaged: true })

/** The other side's names are there as well, and undefined, as in Electron. */
export const ipcRenderer: undefined = undefined
export const contextBridge: undefined = undefined

/** For `require`. */
const electron: object = { app, BrowserWindow, contextBridge, ipcMain, ipcRenderer, webContents }
export { electron as 'module.exports' }
