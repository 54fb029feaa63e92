import { SyncError } from 'lockstep'

/** What is foreseen is said in words; of anything else the stack is wanted. */
export function report(error: unknown): void {
  console.error(error instanceof SyncError ? `Lockstep Chat: ${error.message}` : error)
}

/** Why the app cannot start, for its user. */
export function startFailure(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const advice =
    error instanceof SyncError && error.code === 'storage-locked'
      ? ' Quit the one that is running, or give this one a folder of its own in LOCKSTEP_CHAT_DATA.'
      : ''
  return `Lockstep Chat cannot start: ${message.replace(/\.?$/, '.')}${advice}`
}

/** How long saving may take when the app ends, in ms. */
const patience = 5_000

/** Closes what saves itself, but does not wait for ever. Returns the exit code. */
export async function closeInTime(app: { close(): Promise<void> }): Promise<number> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new SyncError('storage-failed', 'the last changes could not be saved in time')),
      patience,
    )
  })
  try {
    await Promise.race([app.close(), late])
    return 0
  } catch (error) {
    report(error)
    return 1
  } finally {
    clearTimeout(timer)
  }
}
