/** What a window sees of the fake Electron. */
import { EventEmitter } from 'node:events'
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import { countedPort, type Port } from '../port.ts'
import type { FromMain } from './messages.ts'

interface Waiting {
  resolve(value: unknown): void
  reject(error: Error): void
}

class IpcRenderer extends EventEmitter {
  #port: Port | undefined
  #raw: MessagePort | undefined
  #lastId = 0
  readonly #waiting = new Map<number, Waiting>()

  connect(port: MessagePort): void {
    this.#raw = port
    this.#port = countedPort(port)
    port.on('message', (message: FromMain) => {
      this.#receive(message)
    })
  }

  send(channel: string, ...args: unknown[]): void {
    this.#port?.postMessage(['send', channel, args])
  }

  invoke(channel: string, ...args: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId
      this.#waiting.set(id, { resolve, reject })
      this.#port?.postMessage(['invoke', channel, args, id])
    })
  }

  sendSync(channel: string, ...args: unknown[]): unknown {
    const wake = new SharedArrayBuffer(4)
    const id = ++this.#lastId
    this.#port?.postMessage(['sendSync', channel, args, id, wake])
    Atomics.wait(new Int32Array(wake), 0, 0)
    for (;;) {
      const { message } = receiveMessageOnPort(this.#raw as MessagePort) as { message: FromMain }
      if (message[0] === 'result' && message[1] === id) return message[2]
      queueMicrotask(() => {
        this.#receive(message)
      })
    }
  }

  #receive([kind, key, value]: FromMain): void {
    if (kind === 'event') {
      this.emit(key, { sender: this, ports: [] }, ...value)
      return
    }
    const waiting = this.#waiting.get(key)
    this.#waiting.delete(key)
    if (kind === 'result') waiting?.resolve(value)
    else waiting?.reject(new Error(String(value)))
  }
}

export const ipcRenderer: IpcRenderer = new IpcRenderer().setMaxListeners(0)

/** By reference: the copies that the real one makes on each call are left out, in favour of the peers that use it. */
export const contextBridge: { exposeInMainWorld(key: string, api: unknown): void } = {
  exposeInMainWorld(key: string, api: unknown): void {
    ;(globalThis as Record<string, unknown>)[key] = api
  },
}

/** The other side's names are there as well, and undefined, as in Electron. */
export const app: undefined = undefined
export const BrowserWindow: undefined = undefined
export const ipcMain: undefined = undefined
export const webContents: undefined = undefined

/** For `require`. */
const electron: object = { app, BrowserWindow, contextBridge, ipcMain, ipcRenderer, webContents }
export { electron as 'module.exports' }
