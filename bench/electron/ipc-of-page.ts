/** `ipcRenderer` as the contestants use it, over what the preload script exposes. */
interface Ipc {
  on(channel: string, listener: (...args: unknown[]) => void): void
  send(channel: string, ...args: unknown[]): void
  invoke(channel: string, ...args: unknown[]): Promise<unknown>
}

const { ipc } = globalThis as unknown as { ipc: Ipc }

export const ipcRenderer: {
  on(channel: string, listener: (event: unknown, ...args: unknown[]) => void): void
  send(channel: string, ...args: unknown[]): void
  invoke(channel: string, ...args: unknown[]): Promise<unknown>
} = {
  on: (channel, listener) => {
    ipc.on(channel, (...args) => {
      listener(undefined, ...args)
    })
  },
  send: ipc.send,
  invoke: ipc.invoke,
}

/** For contestants that do not run here. @public */
export const contextBridge: undefined = undefined
