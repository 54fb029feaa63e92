import { beforeEach, describe, expect, it } from 'vitest'
import type { Clock } from '../../clock.ts'
import { createCredentials, type Credentials } from './credentials.ts'

describe('credentials', () => {
  let now = 0
  const clock: Clock = { now: () => now, schedule: () => () => {} }
  let credentials: Credentials
  beforeEach(() => {
    credentials = createCredentials(clock)
  })

  const enter = (...offered: string[]) => {
    const admission = credentials.check(offered)
    return admission === undefined ? 'refused' : (admission() ?? 'in')
  }

  it('are at least 128 bits, and each another', () => {
    const token = credentials.createToken()
    const key = enter(token)
    for (const secret of [token, key]) expect(Buffer.from(secret, 'base64url').length * 8).toBeGreaterThanOrEqual(128)
    expect(new Set([token, key, credentials.createToken()]).size).toBe(3)
  })

  it('let nobody in who has none', () => {
    credentials.createToken()
    expect(enter()).toBe('refused')
    expect(enter('', 'A'.repeat(43))).toBe('refused')
  })

  it('let a token in once, and its session key after that', () => {
    const token = credentials.createToken()
    const key = enter(token)
    expect(enter(token)).toBe('refused')
    expect(enter(key)).toBe('in')
    expect(enter(token, key)).toBe('in')
  })

  it('use a token up only when its owner enters', () => {
    const token = credentials.createToken()
    credentials.check([token])
    expect(enter(token)).not.toBe('refused')
  })

  it('use up a token that is offered with a good key', () => {
    const key = enter(credentials.createToken())
    const token = credentials.createToken()
    expect(enter(token, key)).toHaveLength(43)
    expect(enter(token)).toBe('refused')
  })

  it('forget a token after 10 minutes', () => {
    const [early, late] = [credentials.createToken(), credentials.createToken()]
    now += 10 * 60_000 - 1
    expect(enter(early)).not.toBe('refused')
    now += 1
    expect(enter(late)).toBe('refused')
  })

  it('are bounded in number: the oldest tokens and the keys out of use go', () => {
    const tokens = Array.from({ length: 17 }, () => credentials.createToken())
    expect(enter(tokens[0]!)).toBe('refused')
    const first = enter(tokens[1]!)
    const second = enter(tokens[2]!)
    for (let i = 0; i < 63; i += 1) {
      enter(credentials.createToken())
      expect(enter(first)).toBe('in')
    }
    expect(enter(second)).toBe('refused')
  })
})
