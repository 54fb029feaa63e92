/** Says on the console what nobody else can be told: no caller waits for it and no error is thrown. */
export function warn(message: string): void {
  // oxlint-disable-next-line no-console -- the one place where the transports write to the console
  console.warn(`[lockstep] ${message}`)
}
