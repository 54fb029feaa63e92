import type { FakeClock } from './clock.ts'

// Test runners may replace the timers later on.
const now = performance.now.bind(performance)
const later = setTimeout

/** So long, in ms, may a file or a network take; test runners have limits, too. */
const patience = 2000

/**
 * Moves the clock on from timer to timer, until the promise is settled or `timeout` ms of it have gone by; returns whether the
 * promise is settled. Where nothing is left to be done on the clock, what is awaited may come from a file or a network: those
 * get as much time of the system's, within limits.
 */
export async function moveOn(
  clock: Pick<FakeClock, 'now' | 'next' | 'runNext' | 'advance'>,
  timeout: number,
  promise: Promise<unknown>,
): Promise<boolean> {
  let settled = false
  const settle = (): void => {
    settled = true
  }
  promise.then(settle, settle)
  const until = clock.now() + timeout
  let idleSince: number | undefined
  for (;;) {
    await macrotask()
    if (settled) return true
    if (clock.next !== undefined && clock.next <= until) {
      clock.runNext()
      idleSince = undefined
    } else {
      idleSince ??= now()
      if (now() - idleSince >= Math.min(timeout, patience)) break
      await new Promise((resolve) => void later(resolve, 1))
    }
  }
  await clock.advance(Math.max(0, until - clock.now()))
  await macrotask()
  return settled
}

/** Through a port, since test runners may have replaced the timers. */
async function macrotask(): Promise<void> {
  const { port1, port2 } = new MessageChannel()
  await new Promise((resolve) => {
    port1.addEventListener('message', resolve)
    port1.start()
    port2.postMessage(undefined)
  })
  port1.close()
}
