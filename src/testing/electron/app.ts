import { FakeEmitter } from './emitter.ts'

/** The `app` of the main process. It gets ready when the test says so. */
export class FakeApp extends FakeEmitter {
  readonly commandLine: { hasSwitch(name: string): boolean; appendSwitch(name: string, value?: string): void }
  #ready = false
  readonly #closeWindows: (asking: boolean) => boolean
  #becomeReady = (): void => {}
  readonly #whenReady: Promise<void>
  #name = 'fake'
  readonly #paths = new Map<string, string>()

  /** @param closeWindows returns whether all of them are; asked, a window may refuse. */
  constructor(closeWindows: (asking: boolean) => boolean) {
    super()
    this.#closeWindows = closeWindows
    this.#whenReady = new Promise((resolve) => {
      this.#becomeReady = resolve
    })
    const switches = new Set<string>()
    this.commandLine = { hasSwitch: (name) => switches.has(name), appendSwitch: (name) => void switches.add(name) }
  }

  isReady(): boolean {
    return this.#ready
  }

  async whenReady(): Promise<void> {
    await this.#whenReady
  }

  /** Called by the fake. */
  start(): void {
    if (this.#ready) return
    this.#ready = true
    this.emit('ready', {}, {})
    this.#becomeReady()
  }

  quit(): void {
    if (this.#isPrevented('before-quit') || !this.#closeWindows(true)) return
    if (!this.#isPrevented('will-quit')) this.emit('quit', {}, 0)
  }

  /** Asks nobody, and ends no process. */
  exit(code: number = 0): void {
    this.#closeWindows(false)
    this.emit('quit', {}, code)
  }

  #isPrevented(event: string): boolean {
    let prevented = false
    this.emit(event, { preventDefault: () => void (prevented = true) })
    return prevented
  }

  get name(): string {
    return this.#name
  }

  set name(name: string) {
    this.#name = name
  }

  getName(): string {
    return this.#name
  }

  setName(name: string): void {
    this.#name = name
  }

  getVersion(): string {
    return '0.0.0'
  }

  /** What `setPath` has set, else a path below a folder that is not there. */
  getPath(name: string): string {
    return this.#paths.get(name) ?? `/fake-electron/${name}`
  }

  setPath(name: string, path: string): void {
    this.#paths.set(name, path)
  }

  getAppPath(): string {
    return this.getPath('app')
  }

  getLocale(): string {
    return 'en-US'
  }

  requestSingleInstanceLock(): boolean {
    return true
  }

  releaseSingleInstanceLock(): void {}
  enableSandbox(): void {}
  setAppUserModelId(): void {}
  focus(): void {}
  disableHardwareAcceleration(): void {}
}
