/** Steps and checks of the cases. */
import { systemClock } from '../../clock.ts'
import type { Connection } from '../../protocol/connection.ts'
import { show } from '../show.ts'

/** What a connection reports, in order: `open`, `close` and texts. */
export interface Recording {
  readonly events: readonly string[]
  /** Resolves when it has opened so many times. */
  opened(times?: number): Promise<void>
  closed(): Promise<void>
  /** Resolves when exactly these texts have arrived. */
  got(texts: readonly string[]): Promise<void>
  stop(): void
}

/** @param patience the longest wait for something to arrive, in ms. */
export function record(connection: Connection, patience: number): Recording {
  const events: string[] = []
  const received: string[] = []
  const waiting = new Set<() => void>()
  const saw = (event: string): void => {
    events.push(event)
    for (const look of [...waiting]) look()
  }
  const unsubscribe = connection.subscribe({
    open: () => saw('open'),
    message(text) {
      received.push(text)
      saw(text)
    },
    close: () => saw('close'),
  })
  const count = (event: string): number => events.filter((each) => each === event).length

  async function until(holds: () => boolean, awaited: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const end = (): void => {
        waiting.delete(look)
        cancel()
      }
      const look = (): void => {
        if (!holds()) return
        end()
        resolve()
      }
      const cancel = systemClock.schedule(
        () => {
          end()
          reject(new Error(`Nothing like that within ${patience} ms: ${awaited}. Events: ${show(events)}`))
        },
        patience,
        true,
      )
      waiting.add(look)
      look()
    })
  }

  return {
    events,
    opened: (times = 1) => until(() => count('open') >= times, times === 1 ? 'open' : `open, ${times} times`),
    closed: () => until(() => count('close') > 0, 'close'),
    async got(texts) {
      await until(() => received.length >= texts.length, `${texts.length} texts`)
      const place = received.findIndex((text, index) => text !== texts[index])
      if (place >= 0)
        throw new Error(`Text ${place} should be ${show(texts[place] ?? 'none')}, and is ${show(received[place])}`)
    },
    stop: unsubscribe,
  }
}

/** Rejects if the promise takes longer than `patience` ms. */
export async function inTime<T>(promise: Promise<T>, patience: number, awaited: string): Promise<T> {
  let cancel = (): void => {}
  const late = new Promise<never>((_, reject) => {
    cancel = systemClock.schedule(() => reject(new Error(`Not within ${patience} ms: ${awaited}`)), patience, true)
  })
  return await Promise.race([promise, late]).finally(() => cancel())
}

export function same(actual: unknown, expected: unknown): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected))
    throw new Error(`Expected ${show(expected)}, got ${show(actual)}`)
}
