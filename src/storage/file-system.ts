/** The little that a file storage asks of a file system: an interface, so that tests can make every single call fail. */
export interface FileSystem {
  /** Makes a folder that only this user can enter, in one that exists. */
  makeFolder(path: string): Promise<void>
  /** What is at `path`, symbolic links not followed. */
  kind(path: string): Promise<'file' | 'folder' | 'other' | 'nothing'>
  list(folder: string): Promise<string[]>
  /**
   * Opens a file, following no symbolic link: to `read` one that exists, to `create` one that does not (for this user alone),
   * or to `append` to one that exists.
   */
  open(path: string, how: 'read' | 'create' | 'append'): Promise<File>
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
  /** Makes what was created, renamed or removed in a folder durable. */
  syncFolder(folder: string): Promise<void>
}

export interface File {
  /** Its length in bytes; a file that is no regular one is an error. */
  length(): Promise<number>
  /** Reads up to `bytes.length` bytes from `position` on; returns how many. */
  read(bytes: Uint8Array, position: number): Promise<number>
  /** Writes from `position` on; returns how many bytes were written, which may be fewer than given. */
  write(bytes: Uint8Array, position: number): Promise<number>
  truncate(length: number): Promise<void>
  /** Makes its content durable. */
  sync(): Promise<void>
  close(): Promise<void>
}

/** Writes all of it, however many writes that takes. */
export async function writeAll(file: File, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const written = await file.write(bytes.subarray(done), position + done)
    // Not to be tried for ever.
    if (written <= 0) throw Object.assign(new Error('Nothing could be written'), { code: 'ENOSPC' })
    done += written
  }
}
