import type { File, FileSystem } from '../../../src/storage/file-system.ts'

export type Operation = keyof FileSystem | `file.${keyof File}`

/** One call of the file system, as a fault is decided on. */
export interface Call {
  readonly operation: Operation
  readonly path: string
  /** Counts from 0. */
  readonly index: number
}

/**
 * What becomes of a call: it fails with a code; it is made and then fails, as if one had not heard of it; a write is cut
 * short; the process dies before the call, after it, or in the middle of a write.
 */
export type Fault =
  | { readonly fails: string; readonly after?: true }
  | { readonly short: number }
  | { readonly dies: 'before' | 'after' | 'amid' }

/** Thrown in place of a process that is gone. */
export class Killed extends Error {
  override readonly name = 'Killed'
}

/** A file system that has faults. After it has died, every call throws. */
export class FaultyFileSystem implements FileSystem {
  calls = 0
  dead = false
  readonly #base: FileSystem
  readonly #fault: (call: Call) => Fault | undefined

  constructor(base: FileSystem, fault: (call: Call) => Fault | undefined) {
    this.#base = base
    this.#fault = fault
  }

  makeFolder = (path: string): Promise<void> => this.#run('makeFolder', path, () => this.#base.makeFolder(path))
  kind = (path: string): Promise<'file' | 'folder' | 'other' | 'nothing'> =>
    this.#run('kind', path, () => this.#base.kind(path))
  list = (path: string): Promise<string[]> => this.#run('list', path, () => this.#base.list(path))
  rename = (from: string, to: string): Promise<void> => this.#run('rename', to, () => this.#base.rename(from, to))
  remove = (path: string): Promise<void> => this.#run('remove', path, () => this.#base.remove(path))
  syncFolder = (path: string): Promise<void> => this.#run('syncFolder', path, () => this.#base.syncFolder(path))

  async open(path: string, how: 'read' | 'create' | 'append'): Promise<File> {
    const file = await this.#run('open', path, () => this.#base.open(path, how))
    return {
      length: () => this.#run('file.length', path, () => file.length()),
      read: (bytes, position) => this.#run('file.read', path, () => file.read(bytes, position)),
      write: (bytes, position) =>
        this.#run(
          'file.write',
          path,
          () => file.write(bytes, position),
          (length) => file.write(bytes.subarray(0, length ?? bytes.length >> 1), position),
        ),
      truncate: (length) => this.#run('file.truncate', path, () => file.truncate(length)),
      sync: () => this.#run('file.sync', path, () => file.sync()),
      close: () => this.#run('file.close', path, () => file.close()),
    }
  }

  async #run<T>(
    operation: Operation,
    path: string,
    run: () => Promise<T>,
    part: (length?: number) => Promise<T> = run,
  ): Promise<T> {
    if (this.dead) throw new Killed()
    const fault = this.#fault({ operation, path, index: this.calls++ })
    if (fault === undefined) return await run()
    if ('short' in fault) return await part(fault.short)
    if ('fails' in fault) {
      if (fault.after === true) await run()
      throw Object.assign(new Error(`${fault.fails}: made to fail, ${operation} ${path}`), { code: fault.fails })
    }
    this.dead = true
    if (fault.dies === 'after') await run()
    if (fault.dies === 'amid') await part()
    throw new Killed()
  }
}
