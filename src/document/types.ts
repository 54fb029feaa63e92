/** A key in an object, array, `Map` or `Set`: all primitives that JSON or the codec can carry. */
export type Key = string | number | boolean | bigint | null | undefined

/** Where something is in the state; `[]` is the whole. */
export type Path = readonly Key[]

/** A value that can be read now and followed; it is the Svelte store contract, so `$value` works as it is. */
export interface Readable<T> {
  /** The current value: an immutable snapshot, the same reference as long as nothing in it changed. */
  get(): T
  /**
   * Calls `run` at once with the current value and after each change; returns a function that ends it.
   *
   * @param invalidate is called when there will be another value, before any `run` of the same change: Svelte's `derived`
   * thus waits for all that it is made of.
   */
  subscribe(run: (value: T) => void, invalidate?: () => void): () => void
}

type Leaf = string | number | boolean | bigint | null | undefined | Date | ArrayBuffer | ArrayBufferView

/** What reads return: `T` with everything `readonly`, at every depth. */
export type Immutable<T> = unknown extends T
  ? T
  : T extends Leaf
    ? T
    : T extends ReadonlyMap<infer K, infer V>
      ? ReadonlyMap<K, Immutable<V>>
      : T extends ReadonlySet<infer E>
        ? ReadonlySet<E>
        : T extends readonly (infer E)[]
          ? // A mapped type looks into the elements of an array at once, and never comes to the end of a recursive one.
            E[] extends T
            ? readonly Immutable<E>[]
            : { readonly [K in keyof T]: Immutable<T[K]> }
          : { readonly [K in keyof T]: Immutable<T[K]> }

/** What `update` hands to its function: `T` with every `readonly` taken away. */
export type Draft<T> = unknown extends T
  ? T
  : T extends Leaf
    ? T
    : T extends ReadonlyMap<infer K, infer V>
      ? Map<K, Draft<V>>
      : T extends ReadonlySet<infer E>
        ? Set<E>
        : T extends readonly (infer E)[]
          ? E[] extends T
            ? Draft<E>[]
            : { -readonly [K in keyof T]: Draft<T[K]> }
          : { -readonly [K in keyof T]: Draft<T[K]> }

/** The keys that lead one step down from `T`. */
export type KeyOf<T> = T extends Leaf
  ? never
  : T extends ReadonlyMap<infer K, unknown>
    ? K
    : T extends ReadonlySet<unknown>
      ? never
      : T extends readonly unknown[]
        ? number
        : keyof T

/** What is one step down from `T` at `K`. */
export type Child<T, K> =
  T extends ReadonlyMap<unknown, infer V>
    ? V
    : T extends null | undefined
      ? undefined
      : K extends keyof T
        ? T[K]
        : undefined

/** What is at path `P` in `T`. */
export type At<T, P extends readonly unknown[]> = P extends readonly [infer K, ...infer Rest]
  ? At<Child<T, K>, Rest>
  : T

/** `P` if it leads somewhere in `T`; otherwise what would: a wrong key does not compile, and editors offer the right ones. */
export type ValidPath<T, P extends Path> = P extends PathAlong<T, P> ? P : PathAlong<T, P>

/** `P` if it leads to a text in `T`; otherwise what would, or a step further. */
export type TextPath<T, P extends Path> =
  P extends PathAlong<T, P>
    ? HasText<At<T, P>> extends true
      ? P
      : readonly [...PathAlong<T, P>, KeyOf<At<T, P>> & Key]
    : PathAlong<T, P>

type HasText<T> = unknown extends T ? true : [Extract<T, string>] extends [never] ? false : true

/** `P` as far as it leads somewhere in `T`, with the keys that do in the place of the first that does not. */
type PathAlong<T, P extends Path> = P extends readonly [infer K, ...infer Rest extends Path]
  ? K extends KeyOf<T> & Key
    ? readonly [K, ...PathAlong<Child<T, K>, Rest>]
    : readonly [KeyOf<T> & Key, ...Rest]
  : readonly []

/** One change to a document. Its values are immutable. */
export type Op =
  /** Puts `value` at `path`: a property, an element that exists, a `Map` entry, a member of a `Set` (`value` is then unused), the root. */
  | {
      readonly kind: 'set'
      readonly path: Path
      readonly value: unknown
      /** The text that `value` replaced, where it may prove to be its beginning: then an append is sent. */
      readonly previous?: string | undefined
    }
  /** Takes away the property, `Map` entry or member of a `Set` at `path`; nothing there is no error. */
  | { readonly kind: 'delete'; readonly path: Path }
  /** Adds `chunk` to the end of the string at `path`. */
  | { readonly kind: 'append'; readonly path: Path; readonly chunk: string }
  /** Replaces `remove` elements from `index` on by `items` in the array at `path`. */
  | {
      readonly kind: 'splice'
      readonly path: Path
      readonly index: number
      readonly remove: number
      readonly items: readonly unknown[]
    }
