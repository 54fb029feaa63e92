import type { Mutant } from './mutant.ts'
import { ofDocument } from './of-document.ts'
import { ofReplica } from './of-replica.ts'
import { ofSource } from './of-source.ts'
import { ofState } from './of-state.ts'
import { ofStorage } from './of-storage.ts'
import { ofTransports } from './of-transports.ts'

export const all: readonly Mutant[] = [
  ...ofSource,
  ...ofState,
  ...ofReplica,
  ...ofDocument,
  ...ofStorage,
  ...ofTransports,
]
