/**
 * An ordered two-way channel of strings: all that a transport has to provide. Everything with a meaning (sessions,
 * credit, resuming) is built above it, so a transport is send + receive + close.
 */
export interface Connection {
  /**
   * Sends one frame, a JSON text, which the other end gets when this has returned, never before. Text sent while the channel
   * is not open is dropped: whoever uses the connection starts again at the next `open`.
   */
  send(text: string): void
  /**
   * Adds a listener, several at a time; `open` is called at once (synchronously) if the channel is open already.
   * Returns a function that removes it, and may be called again.
   */
  subscribe(listener: ConnectionListener): () => void
  /** Closes the channel for good; listeners get `close`. */
  close(): void
}

export interface ConnectionListener {
  /** The channel carries frames from now on. Called again after each reconnect. */
  open?(): void
  /** One frame has arrived; others that were sent with it follow at once. Must not throw: it might cost those. */
  message(text: string): void
  /**
   * The channel is lost; a connection that reconnects by itself calls `open` again later.
   *
   * @param forGood it will not: who waits for it waits in vain.
   */
  close?(forGood?: boolean): void
}

/** Who is at the other end, as the transport has verified it. Transports extend it with what they know. */
export interface Peer {
  /** Which transport it came by: `electron`, `websocket`, `message-port`, `memory`, or your own. */
  readonly transport: string
  /** The verified origin of the page (`app://chat`, `http://127.0.0.1:5173`), or '' where there is no such thing. */
  readonly origin: string
}

const lastChannels = new WeakMap<Connection, number>()

/** A channel number that has not been used on this connection. */
export function nextChannel(connection: Connection): number {
  const channel = (lastChannels.get(connection) ?? 0) + 1
  lastChannels.set(connection, channel)
  return channel
}
