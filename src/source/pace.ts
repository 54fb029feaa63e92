import { SyncError } from '../error.ts'

/** How fast a store is sent. */
export interface Pace {
  /** Shortest time between two frames of a session, in ms; 0: none. Commits, and appends that have a reader. */
  readonly interval: number
  /** The same for appends to a text that the session has no reader for, in ms; `Infinity`: only along with others. */
  readonly appendInterval: number
}

/** @throws SyncError `setup` */
export function paceOf({ interval = 16, appendInterval = 500 }: Partial<Pace>): Pace {
  for (const [name, ms] of Object.entries({ interval, appendInterval })) {
    if (!(ms >= 0) || (ms === Number.POSITIVE_INFINITY && name === 'interval'))
      throw new SyncError('setup', `\`${name}\` is a number of ms from 0 up, not ${String(ms)}`)
  }
  return { interval, appendInterval }
}

/**
 * The beginning of the cell of time that `moment` lies in. All sessions share the grid, so those that are in step flush
 * together, and their frame is encoded once.
 */
export function cellStart(moment: number, period: number): number {
  return period > 0 && Number.isFinite(moment) ? Math.floor(moment / period) * period : moment
}
