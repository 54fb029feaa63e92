/** What the commands of a store have to be: each takes one argument or none, and returns a result or a promise of one. */
export type CommandMap<Commands> = {
  readonly [Name in keyof Commands]: ArgumentsOf<Commands[Name]>['length'] extends 0 | 1
    ? (argument: never) => unknown
    : never
}

/** What a store without commands has. */
export type NoCommands = { readonly [Name in never]: never }

/** What both sides of a store agree on: a module that the owner's process and the windows import. */
export interface StoreDefinition<State extends object, Commands> {
  readonly name: string
  /** Makes the state that a new store starts with, and that a replica shows until the source's has arrived. */
  readonly state: () => State
  /** For the types only: what `call` offers in a replica and what a source has to implement. */
  readonly commands?: Commands
  /** Of the shape of the state, a whole number to be raised when that changes; 1 if it is not given. */
  readonly version?: number
  /** How a stored state of each older version becomes one of the next: `{ 1: (state: TabsV1): TabsV2 => ... }`. */
  readonly migrate?: { readonly [version: number]: Migration }
}

/**
 * Gets a copy of the state that it may change, and returns the next version's. (Written as a method, so that the state may be
 * given the type that it had.)
 */
export type Migration = { migrate(state: unknown): unknown }['migrate']

/**
 * Defines a store.
 *
 * ```ts
 * export const tabsStore = defineStore('tabs', {
 *   state: (): Tabs => ({ order: [], byId: new Map() }),
 *   commands: {} as { ask(args: { id: string; prompt: string }): void },
 * })
 * ```
 *
 * @param name up to 64 letters, digits, `.`, `_` and `-`, beginning with a letter; with any other, no source can be made.
 */
export function defineStore<State extends object, Commands extends CommandMap<Commands> = NoCommands>(
  name: string,
  definition: Omit<StoreDefinition<State, Commands>, 'name'>,
): StoreDefinition<State, Commands> {
  return { name, ...definition }
}

type ArgumentsOf<F> = F extends (...args: infer A) => unknown ? A : never
type ResultOf<F> = F extends (...args: never) => infer R ? Awaited<R> : never

/** The commands as a replica calls them. */
export type CommandCalls<Commands> = {
  readonly [Name in keyof Commands]: (...args: ArgumentsOf<Commands[Name]>) => Promise<ResultOf<Commands[Name]>>
}

/** The commands as a source implements them. */
export type CommandHandlers<Commands, Context> = {
  readonly [Name in keyof Commands]: (
    argument: ArgumentsOf<Commands[Name]>[0],
    context: Context,
  ) => ResultOf<Commands[Name]> | Promise<ResultOf<Commands[Name]>>
}
