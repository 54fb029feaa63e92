import type { FakeClock } from './clock.ts'

/**
 * Moves the clock on from timer to timer, until the promise is settled or `timeout` ms of it have gone by; returns whether the
 * promise is settled.
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
  for (;;) {
    await macrotask()
    if (settled) return true
    if (clock.next === undefined || clock.next > until) break
    clock.runNext()
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
