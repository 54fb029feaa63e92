import { expect, test, vi } from 'vitest'

test('in production, too, bytes that a reader writes to are its own', async () => {
  vi.resetModules()
  vi.stubEnv('NODE_ENV', 'production')
  try {
    const { ReplicaDocument } = await import('./replica-document.ts')
    const document = new ReplicaDocument(
      () => ({ list: [{ bytes: Uint8Array.of(1) }] }),
      () => {},
    )
    type Read = { list: { bytes: Uint8Array }[]; map: Map<string, Uint8Array[]>; other: { deep: Uint8Array[] } }
    const read = (): Read => document.get([]) as Read
    read().list[0]?.bytes.fill(9)
    expect(structuredClone(document.live)).toEqual({ list: [{ bytes: Uint8Array.of(1) }] })
    document.install({ list: [{ bytes: Uint8Array.of(2) }], map: new Map([['a', [Uint8Array.of(3)]]]) })
    document.apply([{ kind: 'set', path: ['other'], value: { deep: [Uint8Array.of(4)] } }])
    for (const bytes of [read().list[0]?.bytes, read().map.get('a')?.[0], read().other.deep[0]]) bytes?.fill(9)
    expect(structuredClone(document.live)).toEqual({
      list: [{ bytes: Uint8Array.of(2) }],
      map: new Map([['a', [Uint8Array.of(3)]]]),
      other: { deep: [Uint8Array.of(4)] },
    })
  } finally {
    vi.unstubAllEnvs()
    vi.resetModules()
  }
})

test('in production, a state that is known to be plain is taken as it is', async () => {
  vi.resetModules()
  vi.stubEnv('NODE_ENV', 'production')
  try {
    const { ReplicaDocument } = await import('./replica-document.ts')
    const document = new ReplicaDocument(
      () => ({}),
      () => {},
    )
    const told: unknown[] = []
    document.at(['a']).subscribe((value) => told.push(value))
    const state = { a: { b: 1 }, prototype: 'nobody has looked' }
    expect(() => document.install({ ...state })).toThrow('The key "prototype" is refused')
    document.install(state, true)
    expect(document.get([])).toBe(state)
    expect(told).toEqual([undefined, { b: 1 }])
    document.apply([{ kind: 'set', path: ['a', 'b'], value: 2 }])
    expect([document.get(['a', 'b']), state.a.b]).toEqual([2, 1])
    expect(() => document.install('no state', true)).toThrow('What is there cannot be changed like this')
    expect(document.get(['a'])).toEqual({ b: 2 })
    const unread = new ReplicaDocument(
      () => expect.unreachable('Nobody has looked'),
      () => {},
    )
    unread.install({ a: 1 }, true)
    expect(unread.get(['a'])).toBe(1)
  } finally {
    vi.unstubAllEnvs()
    vi.resetModules()
  }
})

test('in development, a state that is known to be plain is frozen all the same', async () => {
  const { ReplicaDocument } = await import('./replica-document.ts')
  const document = new ReplicaDocument(
    () => ({}),
    () => {},
  )
  document.install({ a: [{ b: 1 }] }, true)
  const { a } = document.get([]) as { a: { b: number }[] }
  expect(() => a.push({ b: 2 })).toThrow('not extensible')
  expect(() => ((a[0] as { b: number }).b = 2)).toThrow('read only')
})

test('what a polluted prototype has is no part of a value', async () => {
  const { adopt } = await import('./adopt.ts')
  const prototype = Object.prototype as { polluted?: unknown }
  prototype.polluted = { __proto__: null, constructor: 1 }
  try {
    expect(adopt({ a: { b: 1 } }, [])).toEqual({ a: { b: 1 } })
  } finally {
    delete prototype.polluted
  }
})
