import { expect } from 'vitest'
import { SyncError, type SyncErrorCode } from '../../error.ts'
import { compact } from '../compact.ts'
import { copyState, Document } from '../document.ts'
import type { Draft, Op } from '../types.ts'
import { deepCopy, difference } from './plain.ts'

export function open(state: object): Document {
  return new Document(copyState(state), (error) => {
    throw error
  })
}

/** Deep-equal, order of keys included. */
export function same(actual: unknown, expected: unknown): void {
  const found = difference(actual, expected)
  expect(found === undefined ? undefined : `differs at /${found}`).toBeUndefined()
}

/** Updates a document, and expects that the ops, as they are and compacted, do to a copy what was done to it. */
export function update<State extends object>(document: Document, fn: (draft: Draft<State>) => unknown): Op[] {
  const [raw, compacted] = [open(deepCopy(document.get([])) as object), open(deepCopy(document.get([])) as object)]
  const { ops } = document.update((draft) => {
    fn(draft as Draft<State>)
  })
  raw.apply(ops)
  compacted.apply(compact(ops))
  same(raw.get([]), document.get([]))
  same(compacted.get([]), document.get([]))
  same(document.live, document.get([]))
  return ops
}

/** Expects a `SyncError`, thrown by something that leaves no trace in the document. */
export function refuses(document: Document, code: SyncErrorCode, run: () => unknown): SyncError {
  const before = document.get([])
  const copy = deepCopy(before)
  const error = thrown(run)
  expect(document.get([])).toBe(before)
  same(document.live, copy)
  expect(error.code).toBe(code)
  return error
}

export function thrown(run: () => unknown): SyncError {
  try {
    run()
  } catch (error) {
    if (error instanceof SyncError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
