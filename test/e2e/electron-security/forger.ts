/** A careless application's own preload script: it lets the page send whatever it wants to main. */
import { contextBridge, ipcRenderer } from 'electron'

contextBridge.exposeInMainWorld('forger', {
  send: (channel: string, message: unknown) => ipcRenderer.send(channel, message),
  isSandboxed: process.sandboxed,
})
