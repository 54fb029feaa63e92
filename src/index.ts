export {
  defineStore,
  type CommandCalls,
  type CommandHandlers,
  type CommandMap,
  type Migration,
  type StoreDefinition,
} from './definition.ts'
export { SyncError, type SyncErrorCode } from './error.ts'
export type { Clock } from './clock.ts'
export type { At, Child, Draft, Immutable, Key, KeyOf, Path, Readable, TextPath, ValidPath } from './document/types.ts'
export type { Connection, ConnectionListener, Peer } from './protocol/connection.ts'
export { traced } from './protocol/traced.ts'
export type { Limits } from './protocol/limits.ts'
