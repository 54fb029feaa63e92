/** The one short notice at the window's edge: what a command has refused, and why. */
let text = $state('')
let timer: ReturnType<typeof setTimeout> | undefined

export const notice = {
  get text(): string {
    return text
  },
  show(message: string): void {
    clearTimeout(timer)
    text = message
    timer = setTimeout(() => notice.dismiss(), 8000)
  },
  dismiss(): void {
    text = ''
  },
}

/** Runs a command; a failure is shown, and `undefined` returned. */
export async function attempt<Result>(command: Promise<Result>): Promise<Result | undefined> {
  try {
    return await command
  } catch (error) {
    notice.show(error instanceof Error ? error.message : String(error))
    return undefined
  }
}
