/** What people write: the few functions of `ipcRenderer` that the page needs, and the port handed on. */
import { contextBridge, ipcRenderer } from 'electron'

contextBridge.exposeInMainWorld('ipc', {
  on: (channel: string, listener: (...args: unknown[]) => void) => {
    ipcRenderer.on(channel, (_, ...args) => {
      listener(...(args as unknown[]))
    })
  },
  send: (channel: string, ...args: unknown[]) => {
    ipcRenderer.send(channel, ...args)
  },
  invoke: (channel: string, ...args: unknown[]): Promise<unknown> => ipcRenderer.invoke(channel, ...args),
})
ipcRenderer.on('port', ({ ports }) => {
  window.postMessage('port', '*', [...ports])
})
