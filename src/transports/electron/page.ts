import type { Clock } from '../../clock.ts'
import type { Connection } from '../../protocol/connection.ts'
import { portConnection } from '../message-port.ts'
import { warn } from '../warn.ts'
import { tag } from './tag.ts'

/** How long main may take to answer, in ms, before the page says that something is missing. */
const patience = 5000

/**
 * Connects the page to main, through whatever preload script listens. Silence is reported once and never thrown.
 *
 * @param onClose called when main has closed the connection, which is for good.
 */
export function pageConnection(page: Pick<Window, 'postMessage'>, clock: Clock, onClose: () => void): Connection {
  const { port1, port2 } = new MessageChannel()
  const connection = portConnection(port1)
  const cancel = clock.schedule(() => {
    warn('No answer from main: call serve() before this window loads, with its session in sessions')
  }, patience)
  connection.subscribe({
    message: cancel,
    close() {
      cancel()
      onClose()
    },
  })
  page.postMessage(tag, '*', [port2])
  return connection
}
