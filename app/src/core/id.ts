import { webcrypto } from 'node:crypto'

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz'

/** A short random id: 10 characters of base 36, some 51 bits. Names things within one app; it is no secret. */
export function newId(): string {
  let id = ''
  while (id.length < 10) {
    for (const byte of webcrypto.getRandomValues(new Uint8Array(16))) {
      // 252 is the largest multiple of 36 in a byte: what is above it would favour the first digits.
      if (byte < 252 && id.length < 10) id += alphabet[byte % 36]
    }
  }
  return id
}
