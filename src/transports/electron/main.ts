import { existsSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'
import { app, ipcMain, session, type IpcMainEvent, type Session } from 'electron'
import { SyncError } from '../../error.ts'
import type { Connection } from '../../protocol/connection.ts'
import type { Limits } from '../../protocol/limits.ts'
import { serveConnection, type Served } from '../../protocol/serve.ts'
import { byName } from '../../protocol/stores.ts'
import { refusedBody, withChannel } from '../../protocol/wire.ts'
import { portConnection } from '../message-port.ts'
import { warn } from '../warn.ts'
import { installPreload } from './install.ts'
import { inspectSender, type ElectronPeer } from './sender.ts'
import { tag } from './tag.ts'

export type { ElectronPeer } from './sender.ts'

/** Connections that one page may have at once. It needs one for each copy of the library in its bundle. */
const connectionsPerPage = 16

export interface ServeOptions {
  /**
   * Whether this page may join the sources. Only `true` lets it in: anything else, a promise or an exception refuses it.
   * Called for main frames only; `peer.origin` is what Electron says, not the page.
   */
  authorize(peer: ElectronPeer): boolean
  /** Absolute path of the built preload script. Default: `preload.cjs` beside this module. */
  preload?: string
  /** Sessions to install the preload script in, besides the default one. */
  sessions?: readonly Session[]
  limits?: Partial<Limits>
  /** Told of each page that is refused. Default: a warning on the console. */
  onRefused?(error: SyncError, peer: ElectronPeer): void
}

/**
 * Serves `sources` to the pages of this application's windows, and installs the preload script that they reach it by.
 * Call it once, before the windows load.
 *
 * @returns a function that disconnects all pages and stops serving.
 * @throws SyncError `setup` if two sources share a name, the preload script is not found, `authorize` is missing or it serves already.
 */
export function serve(sources: readonly Served[], options: ServeOptions): () => void {
  byName(sources)
  const preload = options.preload ?? defaultPreload()
  if (!isAbsolute(preload) || !existsSync(preload)) {
    throw new SyncError(
      'setup',
      `No preload script at ${JSON.stringify(preload)}. Pass serve's \`preload\`: the absolute path of ` +
        'lockstep/electron/preload (dist/transports/electron/preload.cjs of the package), or copy that file beside your main bundle',
    )
  }
  if (typeof options.authorize !== 'function') {
    throw new SyncError('setup', "Pass serve's `authorize`, e.g. ({ origin }) => origin === 'app://chat'")
  }
  if (ipcMain.listenerCount(tag) > 0) {
    throw new SyncError('setup', 'serve() was called already: pass it all sources in one call')
  }

  const pages = new Set<{ readonly id: number; readonly end: () => void }>()

  function reasonToRefuse(ports: number, peer: ElectronPeer, problem: string | undefined): SyncError | undefined {
    const page = `The page of origin ${JSON.stringify(peer.origin)} (webContents ${peer.webContentsId})`
    const refused = (why: string, options?: { readonly cause: unknown }) =>
      new SyncError('refused', `${page} was refused: ${why}`, options)
    if (problem !== undefined) return refused(problem)
    if (ports !== 1) return refused(`it has to send one port and sent ${ports}`)
    try {
      if (options.authorize(peer) !== true) return refused("serve's `authorize` did not return true")
    } catch (cause) {
      return refused("serve's `authorize` threw", { cause })
    }
    const others = [...pages].filter(({ id }) => id === peer.webContentsId)
    if (others.length >= connectionsPerPage)
      return new SyncError('too-many', `${page} has ${others.length} connections`)
    return undefined
  }

  function onConnect(event: IpcMainEvent): void {
    const { peer, problem } = inspectSender(event)
    // Not there if the message was sent by `ipcRenderer.send`, whatever its type says.
    const ports = (event.ports as IpcMainEvent['ports'] | undefined) ?? []
    const error = reasonToRefuse(ports.length, peer, problem)
    const [connection, ...others] = ports.map(portConnection)
    if (connection !== undefined && error === undefined) {
      accept(connection, peer)
    } else if (error !== undefined) {
      connection?.send(withChannel(0, refusedBody(error)))
      connection?.close()
      for (const other of others) other.close()
      if (options.onRefused) options.onRefused(error, peer)
      else warn(error.message)
    }
  }

  function accept(connection: Connection, peer: ElectronPeer): void {
    const stop = serveConnection(sources, connection, peer, options.limits)
    const page = {
      id: peer.webContentsId,
      end() {
        pages.delete(page)
        stop()
        connection.close()
      },
    }
    pages.add(page)
    // The port closes when its page reloads, navigates away, crashes or loses its window.
    connection.subscribe({ message() {}, close: page.end })
  }

  const uninstalls: (() => void)[] = []
  // The default session is not there before `ready`.
  function install(): void {
    for (const target of new Set([session.defaultSession, ...(options.sessions ?? [])])) {
      uninstalls.push(installPreload(target, preload))
    }
  }

  ipcMain.on(tag, onConnect)
  if (app.isReady()) install()
  // Ahead of the listeners that create windows, whenever they were added.
  else app.prependOnceListener('ready', install)

  return () => {
    ipcMain.off(tag, onConnect)
    app.off('ready', install)
    for (const uninstall of uninstalls.splice(0)) uninstall()
    for (const { end } of [...pages]) end()
  }
}

/** Beside this module, or beside the bundle it has become a part of. Bundlers to CommonJS may leave no URL. */
function defaultPreload(): string {
  const url: string | undefined = import.meta.url
  return url === undefined ? '' : fileURLToPath(new URL('preload.cjs', url))
}
