import type { World } from './world.ts'

interface PreloadScript {
  readonly id: string
  readonly type: string
  readonly filePath: string
}

/** As much of an Electron `Session` as preload scripts and common guards need. */
export class FakeSession {
  readonly protocol: ProtocolStub = protocolStub()
  readonly webRequest: Record<string, () => void> = Object.fromEntries(
    ['onBeforeRequest', 'onBeforeSendHeaders', 'onHeadersReceived'].map((name) => [name, () => {}]),
  )
  /** Not there before Electron 35. */
  readonly registerPreloadScript: ((script: { type: string; filePath: string; id?: string }) => string) | undefined
  readonly unregisterPreloadScript: ((id: string) => void) | undefined
  readonly getPreloadScripts: (() => PreloadScript[]) | undefined
  #scripts: PreloadScript[] = []

  constructor(world: World, version: number) {
    if (version < 35) return
    this.registerPreloadScript = ({ type, filePath, id = `preload-${world.nextId()}` }) => {
      this.#scripts.push({ id, type, filePath })
      return id
    }
    this.unregisterPreloadScript = (id) => {
      this.#scripts = this.#scripts.filter((script) => script.id !== id)
    }
    this.getPreloadScripts = () => [...this.#scripts]
  }

  getPreloads(): string[] {
    return this.#scripts.map(({ filePath }) => filePath)
  }

  setPreloads(files: readonly string[]): void {
    this.#scripts = files.map((filePath) => ({ id: filePath, type: 'frame', filePath }))
  }

  /** The scripts that each page runs before its own. */
  get frameScripts(): readonly string[] {
    return this.#scripts.filter(({ type }) => type === 'frame').map(({ filePath }) => filePath)
  }

  setPermissionRequestHandler(): void {}
  setPermissionCheckHandler(): void {}
}

export interface ProtocolStub {
  handle(scheme: string, answer: unknown): void
  unhandle(scheme: string): void
  isProtocolHandled(scheme: string): boolean
  registerSchemesAsPrivileged(schemes: readonly unknown[]): void
}

/** Takes what it is given; no page of the fake loads anything by it. */
export function protocolStub(): ProtocolStub {
  const handled = new Set<string>()
  return {
    handle: (scheme) => void handled.add(scheme),
    unhandle: (scheme) => void handled.delete(scheme),
    isProtocolHandled: (scheme) => handled.has(scheme),
    registerSchemesAsPrivileged() {},
  }
}
