import { describe, expectTypeOf, test } from 'vitest'
import type { At, Draft, Immutable, KeyOf } from './types.ts'

interface State {
  readonly list: readonly { readonly n: number; readonly date: Date }[]
  readonly map: ReadonlyMap<string, { set: ReadonlySet<number> } | null>
  readonly free: unknown
  readonly bytes?: Uint8Array
}

describe('types', () => {
  test('a draft is writable at every depth', () => {
    expectTypeOf<Draft<State>>().toEqualTypeOf<{
      list: { n: number; date: Date }[]
      map: Map<string, { set: Set<number> } | null>
      free: unknown
      bytes?: Uint8Array
    }>()
  })

  test('what reads return is readonly at every depth', () => {
    expectTypeOf<Immutable<{ list: { n: number }[]; map: Map<string, Set<number>>; free: unknown }>>().toEqualTypeOf<{
      readonly list: readonly { readonly n: number }[]
      readonly map: ReadonlyMap<string, ReadonlySet<number>>
      readonly free: unknown
    }>()
  })

  test('paths lead to the type of what is there', () => {
    expectTypeOf<At<State, ['list', 0, 'n']>>().toEqualTypeOf<number>()
    expectTypeOf<At<State, ['map', 'k', 'set']>>().toEqualTypeOf<ReadonlySet<number> | undefined>()
    expectTypeOf<KeyOf<State>>().toEqualTypeOf<'list' | 'map' | 'free' | 'bytes'>()
    expectTypeOf<KeyOf<State['list']>>().toEqualTypeOf<number>()
    expectTypeOf<KeyOf<Set<string>>>().toEqualTypeOf<never>()
  })
})
