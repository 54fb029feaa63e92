/** What a source says about one session, to the replica at its other end, when it is asked by a ping. */
export interface Report {
  /** The revision up to which everything has been sent. */
  readonly sent: number
  /** The revision up to which the replica has acknowledged; absent before the first ack. */
  readonly acknowledged?: number | undefined
  /** Whether the last frame has asked for an ack that has not come, so that no other may be sent. */
  readonly waiting: boolean
  /** What is there to be sent, in the order of how soon. */
  readonly pending: 'nothing' | 'appends' | 'ordinary' | 'urgent'
  /** In how many ms it is going to be sent; absent where nothing is, or the session waits for an ack. */
  readonly due?: number | undefined
  /**
   * How long ago, in ms: the last commit (absent: none yet; of pieces of a stream that are sent together, the first), the last
   * frame, the last ack (absent: none yet).
   */
  readonly committedAge?: number | undefined
  readonly sentAge: number
  readonly acknowledgedAge?: number | undefined
  /** The longest that an ack has taken in the last 10 s, in ms; absent: there was none. */
  readonly longestWait?: number | undefined
  /** How many paths the session watches. */
  readonly watches: number
  /** Who the source takes this peer for. */
  readonly transport: string
  readonly origin: string
  /** Of the state that this peer may read, at the pong's revision; absent if the peer has not been sent all of that. */
  readonly hash?: string | undefined
}

const required: Readonly<Record<string, string>> = {
  sent: 'number',
  waiting: 'boolean',
  pending: 'string',
  sentAge: 'number',
  watches: 'number',
  transport: 'string',
  origin: 'string',
}
const optional: Readonly<Record<string, string>> = {
  acknowledged: 'number',
  due: 'number',
  committedAge: 'number',
  acknowledgedAge: 'number',
  longestWait: 'number',
  hash: 'string',
}

/** The report in a pong; `undefined` where there is none that can be understood: a source need not give any. */
export function readReport(value: unknown): Report | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const typeOf = (name: string): string => typeof (value as Record<string, unknown>)[name]
  const isWhole = Object.keys(required).every((name) => typeOf(name) === required[name])
  const isClean = Object.keys(optional).every((name) => [optional[name], 'undefined'].includes(typeOf(name)))
  return isWhole && isClean ? (value as Report) : undefined
}
