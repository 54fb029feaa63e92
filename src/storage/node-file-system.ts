import { constants } from 'node:fs'
import * as fs from 'node:fs/promises'
import { codeOf } from './failure.ts'
import type { File, FileSystem } from './file-system.ts'

// Where links cannot be refused by the kernel (Windows), making one takes rights that an attacker would not need this for.
const noFollow: number = constants.O_NOFOLLOW ?? 0

const flags: Record<'read' | 'create' | 'append', number> = {
  // Opening a pipe would wait for somebody to write into it.
  read: constants.O_RDONLY | noFollow | (constants.O_NONBLOCK ?? 0),
  create: constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | noFollow,
  append: constants.O_WRONLY | noFollow,
}

export const nodeFileSystem: FileSystem = {
  async makeFolder(path) {
    await fs.mkdir(path, { mode: 0o700 })
  },
  async kind(path) {
    try {
      const stats = await fs.lstat(path)
      if (stats.isFile()) return 'file'
      return stats.isDirectory() ? 'folder' : 'other'
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return 'nothing'
      throw error
    }
  },
  list: async (folder) => await fs.readdir(folder),
  open: async (path, how) => fileOf(await fs.open(path, flags[how], 0o600)),
  rename: async (from, to) => {
    await fs.rename(from, to)
  },
  remove: async (path) => {
    await fs.unlink(path)
  },
  async syncFolder(folder) {
    // Windows has no such thing for folders.
    if (process.platform === 'win32') return
    const handle = await fs.open(folder, constants.O_RDONLY)
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
}

function fileOf(handle: fs.FileHandle): File {
  return {
    async length() {
      const stats = await handle.stat()
      if (!stats.isFile()) throw new Error('This is no regular file')
      return stats.size
    },
    read: async (bytes, position) => (await handle.read(bytes, 0, bytes.length, position)).bytesRead,
    write: async (bytes, position) => (await handle.write(bytes, 0, bytes.length, position)).bytesWritten,
    truncate: async (length) => {
      await handle.truncate(length)
    },
    sync: async () => {
      await handle.sync()
    },
    close: async () => {
      await handle.close()
    },
  }
}
