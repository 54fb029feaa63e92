/** A deliberate defect: the exact text `find` of a file, which occurs there once, is replaced. */
export interface Mutant {
  readonly name: string
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** Several defects of one file. */
export function mutants(
  file: string,
  ...all: readonly (readonly [name: string, find: string, replace: string])[]
): Mutant[] {
  return all.map(([name, find, replace]) => ({ name, file, find, replace }))
}
