export { createReplica, type Replica, type ReplicaOptions } from './replica.ts'
export type { Reader } from './reader.ts'
export type { Status } from './machine.ts'
