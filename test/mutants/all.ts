import type { Mutant } from './mutant.ts'
import { ofDocument } from './of-document.ts'
import { ofReplica } from './of-replica.ts'
import { ofSource } from './of-source.ts'

export const all: readonly Mutant[] = [...ofSource, ...ofReplica, ...ofDocument]
