/** The version of the wire. Raised whenever a frame, an op or the codec changes; a test holds the grammar to it. */
export const protocolVersion = 1
