import type { Mutant } from './mutant.ts'
import { ofDocument } from './of-document.ts'
import { ofReplica } from './of-replica.ts'
import { ofSource } from './of-source.ts'
import { ofStorage } from './of-storage.ts'

export const all: readonly Mutant[] = [...ofSource, ...ofReplica, ...ofDocument, ...ofStorage]
