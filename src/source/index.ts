export { createSource, type CommandContext, type Source, type SourceOptions } from './source.ts'
export type { Pace } from './pace.ts'
export type { Writer } from './writer.ts'
