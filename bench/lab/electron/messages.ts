/** What crosses between the two sides of the fake Electron. */

export type FromWindow = readonly [
  kind: 'send' | 'invoke' | 'sendSync',
  channel: string,
  args: unknown[],
  id?: number,
  /** Written to when the answer to a `sendSync` is there. */
  wake?: SharedArrayBuffer,
]

export type FromMain =
  | readonly ['event', channel: string, args: unknown[]]
  | readonly ['result' | 'failure', id: number, value: unknown]
