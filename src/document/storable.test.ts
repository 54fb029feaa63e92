import { describe, expect, test, vi } from 'vitest'
import { open, refuses, same, thrown, update } from './test-support/document.ts'

interface State {
  at: { value: unknown; list: unknown[]; map: Map<string, unknown>; set: Set<unknown> }
}

const state = (): State => ({ at: { value: 1, list: [], map: new Map(), set: new Set() } })

class Point {
  x = 1
}

function cyclic(): unknown {
  const cycle: unknown[] = []
  cycle.push({ cycle })
  return cycle
}

const hidden = Object.defineProperty({}, 'x', { value: 1, enumerable: false })
const getter = { inner: Object.defineProperty({}, 'x', { get: () => 1, enumerable: true }) }
const arrayGetter = [Object.defineProperty([0], 0, { get: () => 1 })]
const mapWithProperty = Object.assign(new Map(), { x: 1 })
const throwing = new Proxy(
  { a: 1 },
  { get: (_target, key) => (key === 'a' ? JSON.parse('bad') : undefined) as unknown },
)

describe('what cannot be stored', () => {
  // Each with the rest of its path, where it is written to `at.value`.
  test.each<[string, () => unknown, unknown[], string?]>([
    ['a function', () => () => 0, []],
    ['a symbol', () => Symbol('s'), []],
    ['a nested function', () => ({ a: [1, new Map([['k', () => 0]])] }), ['a', 1, 'k']],
    ['a nested symbol', () => [{ a: Symbol('s') }], [0, 'a']],
    ['a class instance', () => ({ point: new Point() }), ['point']],
    ['an instance of a class without a name', () => [new (class extends Map {})()], [0]],
    ['an object with prototype of its own', () => Object.create({ x: 1 }), []],
    ['one whose prototype has none', () => Object.create(Object.create(null, { x: { value: 1 } })), []],
    ['a Buffer', () => ({ buffer: Buffer.from('x') }), ['buffer']],
    ['a DataView', () => [new DataView(new ArrayBuffer(1))], [0]],
    ['a SharedArrayBuffer', () => [new SharedArrayBuffer(1)], [0]],
    ['a cycle', cyclic, [0, 'cycle']],
    ['a promise', () => ({ p: Promise.resolve() }), ['p']],
    ['a proxy', () => ({ a: { b: new Proxy({}, {}) } }), ['a', 'b']],
    ['a proxy of an array', () => [1, new Proxy([1], {})], [1]],
    ['a proxy in a Map', () => new Map([['k', new Proxy({}, {})]]), ['k']],
    ['a proxy of a Map', () => [new Proxy(new Map(), {})], [0]],
    ['a proxy of bytes', () => [new Proxy(new Uint8Array(1), {})], [0]],
    ['a proxy of a buffer', () => [new Proxy(new ArrayBuffer(1), {})], [0]],
    ['what throws when it is read', () => [throwing], [0]],
    ['an array with a hole', () => ({ a: [1, , 3] }), ['a']], // oxlint-disable-line no-sparse-arrays
    ['a long array of holes', () => Object.assign([], { length: 4_294_967_295 }), []],
    ['an array with a property', () => ({ a: Object.assign([1], { x: 1 }) }), ['a']],
    ['an array with a hole and a property', () => Object.assign([1, , 3], { x: 1 }), []], // oxlint-disable-line no-sparse-arrays
    ['a match of a regular expression', () => [/a/.exec('a')], [0]],
    ['a Map with a property', () => ({ a: mapWithProperty }), ['a']],
    ['a Set with a symbol', () => Object.assign(new Set(), { [Symbol('s')]: 1 }), []],
    ['a getter', () => getter, ['inner', 'x']],
    ['a getter in an array', () => arrayGetter, [0, 0]],
    ['a hidden property', () => [hidden], [0]],
    ['a symbol as a key', () => ({ a: { [Symbol('s')]: 1 } }), ['a']],
    ['a RegExp', () => [/x/], [0]],
    ['an Error', () => [new Error('x')], [0]],
    ['a boxed string', () => [Object('x')], [0]],
    ['a WeakMap', () => new WeakMap(), []],
    ['arguments', () => [(function (..._args: unknown[]) { return arguments })(1)], [0]], // prettier-ignore
    ['Math', () => Math, []],
    ['a Map with an object as a key', () => ({ m: new Map([[{}, 1]]) }), ['m']],
    ['a Map with a symbol as a key', () => ({ m: new Map([[Symbol('s'), 1]]) }), ['m']],
    ['a Set of objects', () => ({ s: new Set([{}]) }), ['s']],
    ['__proto__', () => JSON.parse('{"a":{"__proto__":1}}'), ['a', '__proto__'], 'reserved-key'],
    ['prototype', () => ({ prototype: 1 }), ['prototype'], 'reserved-key'],
    ['constructor in a Map', () => new Map([['constructor', 1]]), ['constructor'], 'reserved-key'],
    ['constructor in a Set', () => new Set(['constructor']), ['constructor'], 'reserved-key'],
  ])('%s, wherever it is written', (_name, make, rest, code = 'not-storable') => {
    const document = open(state())
    const write = (fn: (draft: State) => unknown) =>
      refuses(document, code as never, () => document.update((draft) => fn(draft as State)))
    expect(write(({ at }) => (at.value = make())).path).toEqual(['at', 'value', ...rest])
    expect(write(({ at }) => at.map.set('k', make())).path).toEqual(['at', 'map', 'k', ...rest])
    expect(write(({ at }) => at.list.push(0, make())).path).toEqual(['at', 'list', 1, ...rest])
    // A write that fails changes nothing, so the update can go on.
    const ops = update<State>(document, ({ at }) => {
      for (const run of [() => (at.value = make()), () => at.list.push(1, make()), () => at.map.set('k', make())])
        thrown(run)
      at.list.push(7)
    })
    expect(ops).toEqual([{ kind: 'splice', path: ['at', 'list'], index: 0, remove: 0, items: [7] }])
  })

  test.each(['__proto__', 'prototype', 'constructor'])('the key %s', (key) => {
    const document = open(state())
    const write = (fn: (at: State['at']) => unknown) =>
      refuses(document, 'reserved-key', () => document.update((draft) => fn((draft as State).at)))
    expect(write((at) => ((at as unknown as Record<string, unknown>)[key] = 1)).path).toEqual(['at', key])
    expect(write((at) => at.map.set(key, 1)).path).toEqual(['at', 'map', key])
    expect(write((at) => at.set.add(key)).path).toEqual(['at', 'set', key])
  })

  test.each([Buffer.from('x'), new DataView(new ArrayBuffer(1))])('bytes of another sort, and what to do', (bytes) => {
    const document = open(state())
    const write = () => document.update((draft) => ((draft as State).at.value = bytes))
    expect(refuses(document, 'not-storable', write).message).toContain('new Uint8Array(bytes)')
  })

  test('what is nested too deep', () => {
    const document = open(state())
    let deep: unknown = 'end'
    for (let level = 0; level < 127; level++) deep = [deep]
    expect(
      refuses(document, 'too-deep', () => document.update((draft) => ((draft as State).at.value = deep))).path,
    ).toHaveLength(128)
    update<State>(document, ({ at }) => (at.value = (deep as unknown[])[0]))
    const bottom = [...Array.from({ length: 126 }, () => 0)]
    expect(document.get(['at', 'value', ...bottom])).toBe('end')
  })

  test('a proxy beside a draft', () => {
    const document = open(state())
    const write = (draft: unknown) =>
      ((draft as State).at.value = [{ list: (draft as State).at.list }, { p: new Proxy({}, {}) }])
    expect(refuses(document, 'not-storable', () => document.update(write)).path).toEqual(['at', 'value', 1, 'p'])
  })
})

describe('what can be stored', () => {
  const half = (globalThis as { Float16Array?: new (items: number[]) => unknown }).Float16Array
  test.each<[string, unknown]>([
    ['a date', new Date(5)],
    ['an invalid date', new Date(NaN)],
    ['numbers', [0, -0, NaN, Infinity, -Infinity, 1e300]],
    ['a bigint', 2n ** 80n],
    ['undefined', { a: undefined, b: [undefined] }],
    ['null', [null]],
    ['typed arrays', [new Uint8Array([1]), new Float64Array([NaN, -0]), new BigInt64Array([-1n])]],
    ['a Float16Array', half === undefined ? 0 : new half([1.5])],
    ['a part of a buffer', new Uint8Array(new ArrayBuffer(8), 2, 3)],
    ['an ArrayBuffer', { b: new Uint8Array([1, 2]).buffer }],
    ['an object without a prototype', Object.assign(Object.create(null) as object, { a: 1 })],
    ['a Map in a Map', new Map([[1, new Map([[undefined, null]])]])],
    ['a Set', new Set([1, 'a', null, undefined, NaN, 5n, true])],
    ['a key of any name', { 'hasOwnProperty': 1, '': 2, '~': 3, 'a.b': 4 }], // prettier-ignore
    ['a frozen object', Object.freeze({ a: Object.freeze([1]) })],
  ])('%s', (_name, value) => {
    const document = open(state())
    const ops = update<State>(document, ({ at }) => {
      at.value = value
      at.map.set('k', value)
      at.list.push(value)
      same([at.value, at.map.get('k'), at.list[0]], [value, value, value])
    })
    same(document.get([]), { at: { ...state().at, value, list: [value], map: new Map([['k', value]]) } })
    update<State>(document, ({ at }) => (at.value = [at.value, at.list]))
    same(document.get(['at', 'value']), [value, [value]])
    expect(ops).toHaveLength(3)
  })
})

describe('in development', () => {
  test('what is given and what is returned is frozen: writing to it throws', () => {
    const document = open(state())
    const given = { list: [{ a: 1 }], map: new Map([['a', 1]]), set: new Set([1]), date: new Date(0) }
    update<State>(document, ({ at }) => (at.value = given))
    const read = document.get(['at', 'value']) as typeof given
    for (const value of [given, read]) {
      expect(() => ((value as Partial<typeof given>).list = [])).toThrow(TypeError)
      expect(() => value.list.push({ a: 2 })).toThrow(TypeError)
      expect(() => (value.list[0]!.a = 2)).toThrow(TypeError)
      for (const run of [
        () => value.map.set('a', 2),
        () => value.map.delete('a'),
        () => value.map.clear(),
        () => value.set.add(2),
        () => value.set.delete(1),
        () => value.set.clear(),
        () => value.date.setTime(5),
        () => value.date.setFullYear(5),
      ]) {
        expect(thrown(run).code).toBe('read-only')
      }
      expect(value.map.get('a')).toBe(1)
    }
    update<State>(document, ({ at }) => (at.list = [read, read]))
    same(document.get(['at', 'list', 1]), given)
  })

  test('what was given is left alone if the write throws', () => {
    const document = open(state())
    const good = { a: [1], map: new Map() }
    const bad = { good, fn: () => 0 }
    for (const run of [
      (draft: State) => (draft.at.value = bad),
      (draft: State) => draft.at.list.push(good, bad),
      (draft: State) => draft.at.list.splice(0, 0, good, new Proxy({}, {})),
      (draft: State) => draft.at.map.set('k', [good, bad]),
    ]) {
      refuses(document, 'not-storable', () => document.update((draft) => run(draft as State)))
      expect([good, good.a, good.map, bad].some((object) => Object.isFrozen(object))).toBe(false)
    }
    good.a.push(2)
    good.map.set('a', 1)
  })
})

test('in production nothing is frozen, and a later write to what was given does not reach the state', async () => {
  vi.resetModules()
  vi.stubEnv('NODE_ENV', 'production')
  try {
    const { Document, copyState } = await import('./document.ts')
    const document = new Document(copyState(state()), () => undefined)
    const given = { list: [1], proxy: new Proxy({ a: 1 }, {}), bytes: Uint8Array.of(1) }
    document.update((draft) => ((draft as State).at.value = given))
    given.list.push(2)
    given.bytes[0] = 2
    same(document.get(['at', 'value']), { list: [1], proxy: { a: 1 }, bytes: Uint8Array.of(1) })
    expect(Object.isFrozen(document.get([]))).toBe(false)
    const holes: unknown = Object.assign([1, , 3], { x: 1 }) // oxlint-disable-line no-sparse-arrays
    expect(() => document.update((draft) => ((draft as State).at.value = holes))).toThrow('holes')
  } finally {
    vi.unstubAllEnvs()
    vi.resetModules()
  }
})

test('a page without a bundler, where there is no process, counts as development', async () => {
  vi.resetModules()
  vi.stubGlobal('process', undefined)
  try {
    const { development } = await import('./development.ts')
    expect(development).toBe(true)
  } finally {
    vi.unstubAllGlobals()
    vi.resetModules()
  }
})
