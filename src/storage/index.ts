export { fileStorage, type FileStorageOptions } from './file.ts'
export { memoryStorage } from './memory.ts'
export { sqliteStorage } from './sqlite.ts'
export type { Damage, OpenStorage, Pieces, Storage, Stored, StoredReader, Verdict } from './storage.ts'
