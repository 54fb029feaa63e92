/**
 * A disk with a cache, as POSIX allows it to behave at its worst: what was not synced may be there after a power cut or
 * not, in any order and in parts; what was synced is. A file that was synced in a folder that was not may have no name.
 */
import type { File, FileSystem } from '../../../src/storage/file-system.ts'
import type { Random } from './random.ts'

type Change = { readonly position: number; readonly bytes: Uint8Array } | { readonly length: number }

interface Inode {
  content: Uint8Array
  durable: Uint8Array
  unsynced: Change[]
}

type Entries = Map<string, Inode | 'link'>
type FolderChange = (entries: Entries) => void

interface Folder {
  readonly entries: Entries
  readonly durable: Entries
  unsynced: FolderChange[]
}

function failed(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code })
}

export class Disk implements FileSystem {
  readonly #folders = new Map<string, Folder>()
  /** How many bytes fit in; for what a full disk does. */
  capacity: number = Number.POSITIVE_INFINITY
  bytesWritten = 0

  constructor() {
    this.#folders.set('/', newFolder())
  }

  async makeFolder(path: string): Promise<void> {
    if (this.#folders.has(path)) throw failed('EEXIST', path)
    this.#folders.set(path, newFolder())
  }

  async kind(path: string): Promise<'file' | 'folder' | 'other' | 'nothing'> {
    if (this.#folders.has(path)) return 'folder'
    const [folder, name] = this.#split(path)
    const entry = folder?.entries.get(name)
    if (entry === undefined) return 'nothing'
    return entry === 'link' ? 'other' : 'file'
  }

  async list(path: string): Promise<string[]> {
    const folder = this.#folders.get(path)
    if (folder === undefined) throw failed('ENOENT', path)
    return [...folder.entries.keys()]
  }

  async open(path: string, how: 'read' | 'create' | 'append'): Promise<File> {
    const [folder, name] = this.#split(path)
    if (folder === undefined) throw failed('ENOENT', path)
    let inode = folder.entries.get(name)
    if (inode === 'link') throw failed('ELOOP', path)
    if (how === 'create') {
      if (inode !== undefined) throw failed('EEXIST', path)
      const created: Inode = { content: new Uint8Array(), durable: new Uint8Array(), unsynced: [] }
      change(folder, (entries) => entries.set(name, created))
      inode = created
    }
    if (inode === undefined) throw failed('ENOENT', path)
    return this.#file(inode)
  }

  async rename(from: string, to: string): Promise<void> {
    const [folder, name] = this.#split(from)
    const [target, newName] = this.#split(to)
    const inode = folder?.entries.get(name)
    if (folder === undefined || folder !== target || inode === undefined) throw failed('ENOENT', from)
    change(folder, (entries) => {
      entries.delete(name)
      entries.set(newName, inode)
    })
  }

  async remove(path: string): Promise<void> {
    const [folder, name] = this.#split(path)
    if (folder?.entries.has(name) !== true) throw failed('ENOENT', path)
    change(folder, (entries) => entries.delete(name))
  }

  async syncFolder(path: string): Promise<void> {
    const folder = this.#folders.get(path)
    if (folder === undefined) throw failed('ENOENT', path)
    for (const apply of folder.unsynced) apply(folder.durable)
    folder.unsynced = []
  }

  /** All files, for a test to change. */
  files(folder: string): Map<string, Uint8Array> {
    const files = new Map<string, Uint8Array>()
    for (const [name, inode] of this.#folders.get(folder)?.entries ?? [])
      if (inode !== 'link') files.set(name, inode.content)
    return files
  }

  write(folder: string, name: string, content: Uint8Array): void {
    this.#folders.get(folder)?.entries.set(name, { content, durable: content, unsynced: [] })
  }

  link(folder: string, name: string): void {
    this.#folders.get(folder)?.entries.set(name, 'link')
  }

  /** How many changes a power cut might lose. */
  get unsynced(): number {
    let count = 0
    for (const { entries, unsynced } of this.#folders.values()) {
      count += unsynced.length
      for (const inode of entries.values()) if (inode !== 'link') count += inode.unsynced.length
    }
    return count
  }

  /** The disk as it is (a process was killed), independent of this one. */
  copy(): Disk {
    return this.#derive(
      (inode) => inode.content,
      (folder) => folder.entries,
    )
  }

  /** The disk after a power cut: of the unsynced changes `keep` chooses. */
  afterPowerCut(keep: Keep): Disk {
    return this.#derive(
      (inode) => {
        let content = inode.durable
        for (const next of keep.changes(inode.unsynced)) content = applied(content, next)
        return content
      },
      (folder) => {
        const entries = new Map(folder.durable)
        for (const apply of keep.folderChanges(folder.unsynced)) apply(entries)
        return entries
      },
    )
  }

  #derive(contentOf: (inode: Inode) => Uint8Array, entriesOf: (folder: Folder) => Entries): Disk {
    const disk = new Disk()
    for (const [path, folder] of this.#folders) {
      const copy = newFolder()
      for (const [name, inode] of entriesOf(folder)) {
        if (inode === 'link') continue
        const content = contentOf(inode).slice()
        const same: Inode = { content, durable: content.slice(), unsynced: [] }
        copy.entries.set(name, same)
        copy.durable.set(name, same)
      }
      disk.#folders.set(path, copy)
    }
    return disk
  }

  #split(path: string): [Folder | undefined, string] {
    const at = path.lastIndexOf('/')
    return [this.#folders.get(path.slice(0, at) || '/'), path.slice(at + 1)]
  }

  #used(): number {
    let used = 0
    for (const { entries } of this.#folders.values())
      for (const inode of entries.values()) if (inode !== 'link') used += inode.content.length
    return used
  }

  #file(inode: Inode): File {
    const modify = (next: Change): void => {
      inode.content = applied(inode.content, next)
      inode.unsynced.push(next)
    }
    return {
      length: async () => inode.content.length,
      async read(bytes, position) {
        const part = inode.content.subarray(position, position + bytes.length)
        bytes.set(part)
        return part.length
      },
      write: async (bytes, position) => {
        const room = this.capacity - this.#used() + Math.max(0, inode.content.length - position)
        if (room <= 0) throw failed('ENOSPC', 'write')
        const written = bytes.slice(0, room)
        modify({ position, bytes: written })
        this.bytesWritten += written.length
        return written.length
      },
      async truncate(length) {
        modify({ length })
      },
      async sync() {
        inode.durable = inode.content.slice()
        inode.unsynced = []
      },
      async close() {},
    }
  }
}

/** Which of the changes that were not synced a power cut leaves. */
export interface Keep {
  changes(unsynced: readonly Change[]): readonly Change[]
  folderChanges(unsynced: readonly FolderChange[]): readonly FolderChange[]
}

/** The first so many of all changes to a file or folder. */
export function keepPrefix(count: number): Keep {
  return { changes: (all) => all.slice(0, count), folderChanges: (all) => all.slice(0, count) }
}

/** Any of them, writes torn or replaced by zeros. */
export function keepSome({ below }: Random): Keep {
  const some = <T>(all: readonly T[]): T[] => all.filter(() => below(2) === 0)
  return {
    folderChanges: some,
    changes: (all) =>
      some(all).map((next) => {
        if (!('bytes' in next)) return next
        const { position, bytes } = next
        const fate = below(4)
        if (fate === 0) return { position, bytes: bytes.slice(0, below(bytes.length + 1)) }
        // Its length is there, its content is not, from some sector on.
        if (fate === 1) return { position, bytes: bytes.slice().fill(0, below(bytes.length + 1)) }
        return next
      }),
  }
}

function newFolder(): Folder {
  return { entries: new Map(), durable: new Map(), unsynced: [] }
}

function change(folder: Folder, apply: FolderChange): void {
  apply(folder.entries)
  folder.unsynced.push(apply)
}

function applied(content: Uint8Array, next: Change): Uint8Array {
  const length = 'length' in next ? next.length : Math.max(content.length, next.position + next.bytes.length)
  const result = new Uint8Array(length)
  result.set(content.subarray(0, length))
  if ('bytes' in next) result.set(next.bytes, next.position)
  return result
}
