import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../clock.ts'

/** How long a token that nobody has used is good for, in ms. */
const tokenLifetime = 10 * 60_000
/** Beyond these, the oldest token, or the session key that was used least recently, is good no more. */
const maxTokens = 16
const maxKeys = 64

export interface Credentials {
  /** A new one-time token: 256 bits as base64url. */
  createToken(): string
  /**
   * Looks for a good credential among those offered and uses none up. Returns undefined if there is none, else the
   * function that lets its owner in: it uses up the token, if that was offered, and returns the session key to give for
   * it.
   */
  check(offered: readonly string[]): (() => string | undefined) | undefined
}

/**
 * The secrets that open the server. A token lets in once and is exchanged for a session key, which lets in for as long
 * as this object lives. Only hashes are kept, all of one length, so that comparing takes the same time for any offer.
 */
export function createCredentials(clock: Clock): Credentials {
  let tokens: { readonly hash: Buffer; readonly expires: number }[] = []
  let keys: Buffer[] = []

  return {
    createToken() {
      const token = createSecret()
      tokens = [...tokens, { hash: hashOf(token), expires: clock.now() + tokenLifetime }].slice(-maxTokens)
      return token
    },
    check(offered) {
      const hashes = offered.map(hashOf)
      const isOffered = (secret: Buffer) => hashes.some((hash) => timingSafeEqual(hash, secret))
      const token = tokens.find(({ hash, expires }) => isOffered(hash) && clock.now() < expires)
      const key = keys.find(isOffered)
      if (token === undefined && key === undefined) return undefined
      return () => {
        if (token === undefined) {
          keys = [...keys.filter((other) => other !== key), ...(key ? [key] : [])]
          return undefined
        }
        tokens = tokens.filter((other) => other !== token)
        const fresh = createSecret()
        keys = [...keys, hashOf(fresh)].slice(-maxKeys)
        return fresh
      }
    },
  }
}

function createSecret(): string {
  return randomBytes(32).toString('base64url')
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
