/** What loading a module costs by itself. */
export async function start(): Promise<void> {}
