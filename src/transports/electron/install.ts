import type { Session } from 'electron'

/** Makes every page of `session` run the script `file` before its own. Returns a function that takes it back. */
export function installPreload(session: Session, file: string): () => void {
  // Electron 35 and later.
  if (typeof session.registerPreloadScript === 'function') {
    const id = session.registerPreloadScript({ type: 'frame', filePath: file })
    return () => session.unregisterPreloadScript(id)
  }
  session.setPreloads([...session.getPreloads(), file])
  return () => session.setPreloads(session.getPreloads().filter((other) => other !== file))
}
