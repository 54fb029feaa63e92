/** What one peer may ask of a source; all of it is refused clearly beyond the limit. */
export interface Limits {
  /** Longest frame accepted from a peer, in UTF-16 code units. */
  readonly frameLength: number
  /** The same for all frames but calls: a session remembers paths, and a refusal repeats names. */
  readonly controlLength: number
  /** Deepest nesting of values and longest path in a frame. */
  readonly depth: number
  /** Frames per second from one peer. Joining and being refused cost the source more, and count as more. */
  readonly framesPerSecond: number
  /** Sessions (stores joined) at once on one connection; also how often a peer may join without acknowledging anything. */
  readonly sessions: number
  /** Commands of one session that have not been answered yet. */
  readonly calls: number
  /** Stream readers of one session at once. */
  readonly watches: number
}

export const defaultLimits: Limits = {
  frameLength: 4 * 1024 * 1024,
  controlLength: 2048,
  depth: 128,
  framesPerSecond: 20_000,
  sessions: 64,
  calls: 256,
  watches: 1024,
}
