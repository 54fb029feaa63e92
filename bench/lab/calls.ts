/** Calls by message, to a lab and to its windows. */
import type { Answer, Call } from './protocol.ts'

type Post = (message: unknown) => void

/** An object whose methods are called at the other end. `received` takes what comes from there. */
export function callee<T extends object>(
  post: Post,
): {
  readonly calls: {
    [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never
  }
  received(message: unknown): void
  fail(error: Error): void
} {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let lastId = 0
  const call = (name: string, args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++lastId
      waiting.set(id, { resolve, reject })
      post({ id, name, args } satisfies Call)
    })
  return {
    calls: new Proxy({} as never, {
      get: (_, name) => (name === 'then' ? undefined : (...args: unknown[]) => call(String(name), args)),
    }),
    received(message) {
      const { id, result, error } = message as Answer
      const caller = waiting.get(id)
      waiting.delete(id)
      if (error === undefined) caller?.resolve(result)
      else caller?.reject(new Error(error))
    },
    fail(error) {
      for (const { reject } of waiting.values()) reject(error)
      waiting.clear()
    },
  }
}

/** Answers calls with the methods of `object`. */
export async function answer(object: object, call: Call, post: Post): Promise<void> {
  const { id, name, args } = call
  try {
    const method = (object as Record<string, (...args: readonly unknown[]) => unknown>)[name]
    post({ id, result: await method?.(...args) } satisfies Answer)
  } catch (error) {
    post({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) } satisfies Answer)
  }
}
