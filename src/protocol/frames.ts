/**
 * All frames of the protocol, as they are handled. On the wire each is a JSON array that begins with its channel and a
 * short name (PROTOCOL.md). A channel is one session: one replica's joining of one store on a connection. The replica
 * picks a number it has not used on the connection before; 0 stands for the connection itself.
 */
import type { Op, Path } from '../document/types.ts'
import type { SyncErrorCode } from '../error.ts'

/** From a replica to a source. */
export type UpFrame =
  /** Joins a store, and resumes from `known`, if that is given and the source still can. */
  | {
      readonly type: 'hello'
      readonly channel: number
      readonly version: number
      readonly store: string
      readonly known: { readonly epoch: string; readonly revision: number } | undefined
      /** The channel of the session that ends with this; 0: none. */
      readonly replaces: number
    }
  /** The state is applied up to `revision`, as was asked: the next frame may come. */
  | { readonly type: 'ack'; readonly channel: number; readonly revision: number }
  /** Appends at `path` are wanted live, not at the store's pace. */
  | { readonly type: 'watch'; readonly channel: number; readonly path: Path }
  | { readonly type: 'unwatch'; readonly channel: number; readonly path: Path }
  /** Runs a command. Ids count from 1 in each session. */
  | {
      readonly type: 'call'
      readonly channel: number
      readonly id: number
      readonly name: string
      readonly argument: unknown
    }
  /** Asks for all that is there now, without waiting for an interval; and for a report of how the session is doing. */
  | { readonly type: 'ping'; readonly channel: number; readonly id: number; readonly report?: boolean }
  /** Leaves the store. */
  | { readonly type: 'bye'; readonly channel: number }

/** From a source to a replica. */
export type DownFrame =
  /** The whole state. */
  | {
      readonly type: 'snapshot'
      readonly channel: number
      readonly epoch: string
      readonly revision: number
      readonly value: unknown
      /** Whether there is nothing in it but what JSON can say, and no reserved key: nobody need look again. */
      readonly isPlain: boolean
      /** Whether the source waits for an ack of this. */
      readonly asks: boolean
    }
  /** What turns the state at revision `from` into the state at `to`; with no ops: the replica is up to date. */
  | {
      readonly type: 'commit'
      readonly channel: number
      readonly from: number
      readonly to: number
      readonly ops: readonly Op[]
      readonly asks: boolean
    }
  /** The command has run; its effects are in the state from `revision` on. */
  | {
      readonly type: 'ok'
      readonly channel: number
      readonly id: number
      readonly revision: number
      readonly value: unknown
    }
  /** The command has thrown, or was not run. */
  | {
      readonly type: 'err'
      readonly channel: number
      readonly id: number
      readonly revision: number
      readonly error: WireError
    }
  /** Answers a ping: the source was at `revision`. `value` is the report, where one was asked for: for `readReport`. */
  | {
      readonly type: 'pong'
      readonly channel: number
      readonly id: number
      readonly revision: number
      readonly value: unknown
    }
  /** Nothing more will come on this channel. On channel 0: a text was no frame, or the connection is refused. */
  | { readonly type: 'refused'; readonly channel: number; readonly error: WireError }

/** A `SyncError` as it crosses. */
export interface WireError {
  readonly code: SyncErrorCode
  readonly message: string
}
