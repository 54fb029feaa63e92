/** What client and server select in `Sec-WebSocket-Protocol`; the credentials are offered after it. */
export const subprotocol = 'lockstep.1'

/** What the server's first message begins with if it answers a token: the session key follows. No frame does. */
export const keyPrefix = 'key '
