/** Each argument cloned, as IPC does. */
export function cloned(args: readonly unknown[]): unknown[] {
  try {
    return structuredClone([...args])
  } catch {
    throw new Error('An object could not be cloned.')
  }
}

/** What Electron catches, and tells the console alone. */
export function logged<T>(run: () => T, what: string): T | undefined {
  try {
    return run()
  } catch (error) {
    // oxlint-disable-next-line no-console -- what Electron does
    console.error(`${what}:`, error)
    return undefined
  }
}
