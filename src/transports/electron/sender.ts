import type { IpcMainEvent } from 'electron'
import type { Peer } from '../../protocol/connection.ts'

/** A page in a window of this application, as Electron's main process knows it. */
export interface ElectronPeer extends Peer {
  readonly transport: 'electron'
  /** Address of the page when it connected; '' if its frame had gone by then. */
  readonly url: string
  /** `webContents.fromId` gives the contents, `BrowserWindow.fromWebContents` their window. */
  readonly webContentsId: number
}

/** Who sent a message and, if that alone speaks against it, what. To be called synchronously: frames go away. */
export function inspectSender(event: IpcMainEvent): { peer: ElectronPeer; problem?: string } {
  const unknown = { transport: 'electron', origin: '', url: '', webContentsId: event.sender.id } as const
  const gone = { peer: unknown, problem: 'its frame has gone' }
  try {
    const frame = event.senderFrame
    if (frame === null) return gone
    const peer = { ...unknown, origin: frame.origin, url: frame.url }
    // Older versions do not have `detached`: there, such a frame is null or throws.
    if (frame.detached) return { peer, problem: 'its frame is detached' }
    if (frame.parent !== null) return { peer, problem: 'it is a subframe' }
    return { peer }
  } catch {
    // Reading a frame that was disposed in between throws.
    return gone
  }
}
