/**
 * Passes the port that the page made on to the main process, and is done: it exposes nothing to the page and holds
 * nothing. Main decides whether the page may have it. Runs sandboxed, as one bundled CommonJS file.
 */
import { ipcRenderer } from 'electron'
import { tag } from './tag.ts'

window.addEventListener('message', (event) => {
  // Other windows and frames can post to this one; their messages have another source.
  if (event.source !== window || event.data !== tag) return
  // The application's own preload may contain this script too, and a port can be passed on only once.
  event.stopImmediatePropagation()
  ipcRenderer.postMessage(tag, null, [...event.ports])
})
