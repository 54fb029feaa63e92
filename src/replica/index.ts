export { createReplica } from './replica.ts'
export type { Reader } from './reader.ts'
export type { Replica, ReplicaOptions } from './types.ts'
export type { Status } from './machine.ts'
