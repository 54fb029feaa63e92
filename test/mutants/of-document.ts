import { mutants, type Mutant } from './mutant.ts'

export const ofDocument: readonly Mutant[] = [
  ...mutants(
    'src/document/compact.ts',
    [
      'merges appends over a set',
      "else if (last?.kind === 'set' && typeof last.value === 'string')\n      this.#kept[index] = { ...last, value: last.value + op.chunk }",
      "else if (last?.kind === 'set' && typeof last.value === 'string')\n      this.#kept[index] = { kind: 'append', path: op.path, chunk: op.chunk }",
    ],
    ['keeps ops under a value that was replaced', '    for (const next of spot.below.values()) this.#drop(next)\n', ''],
    [
      'forgets that a key that was deleted comes last',
      'if (deletion !== undefined) this.#keep(spot, deletion[1] as Op, deletion[0])',
      '',
    ],
    ['merges pushes into a list that has changed', 'spot.highest < op.index', 'spot.highest < Infinity'],
    ['takes any push for one at the end', 'op.index === last.index + last.items.length &&', ''],
    [
      'takes any longer text for an addition',
      'value.length < previous.length || value.slice(0, previous.length) !== previous',
      'value.length < previous.length',
    ],
    [
      'loses a text that became longer',
      'return value.length === previous.length ? []',
      'return value.length > previous.length ? []',
    ],
    [
      'merges with elements that have shifted',
      '    spot.below.clear()\n    spot.highest = -1\n',
      '    spot.highest = -1\n',
    ],
  ),
  ...mutants(
    'src/document/listeners.ts',
    ['does not tell those below', 'markAll(branch, due, (op', 'mark(branch, due, (op'],
    [
      'does not tell those above',
      '  for (const key of op.path) {\n    mark(branch, due)',
      '  for (const key of op.path) {',
    ],
    [
      'does not tell of elements that shift',
      'const end = op.remove === op.items.length ? op.index + op.remove : Number.POSITIVE_INFINITY',
      'const end = op.index + op.remove',
    ],
    ['tells nobody twice', "    for (const listener of due) listener.state = 'idle'\n", ''],
    [
      'takes the others of a branch along that ends',
      'return branch.listeners.size + branch.children.size === 0',
      'return branch.listeners.size === 0',
    ],
    ['tells those that have ended', "    listener.state = 'ended'\n", ''],
    ['says that all was added where more has happened', '    } else listener.added = undefined', '    }'],
    ['says of the next change what was added in the last', 'listener.added = added\n', 'listener.added ??= added\n'],
  ),
  ...mutants(
    'src/document/replica-document.ts',
    ['keeps nothing of what is equal', 'this.#root ? reconcile(this.get([]), next) : next', 'next'],
    ['tells nobody', 'if (!this.#listeners) return', 'if (this.#listeners) return'],
    [
      'makes a first state that nobody looks at',
      'this.#root ? reconcile(this.get([]), next) : next',
      'reconcile(this.get([]), next)',
    ],
    ['tells of what has not changed', '      if (Object.is(value, listener.value)) return\n', ''],
    ['announces nothing', 'if (listener.invalidate) this.#tell(listener, listener.invalidate)', ''],
    ['does not tell what it has announced', 'invalidate ? listener : value', 'value'],
    ['tells what it should announce', 'if (invalidate) invalidate()', 'if (invalidate && !value) invalidate()'],
    [
      'lets a listener that throws stop the others',
      '      this.#onError(error)\n',
      '      this.#onError(error)\n      throw error\n',
    ],
    ['applies half of a commit', '      edits.rollback()\n', ''],
    [
      'forgets what a listener changed',
      'for (const next of this.#unnotified)',
      'for (const next of this.#unnotified.slice())',
    ],
    [
      'says that all was added where a listener has changed more',
      'this.#unnotified.length === 1 ? listener.added : undefined',
      'listener.added',
    ],
    [
      'never says what was added',
      'this.#unnotified.length === 1 ? listener.added',
      'this.#unnotified.length < 1 ? listener.added',
    ],
    ['installs without telling', '    else this.apply(ops)\n    this.notify(ops)', '    else this.apply(ops)'],
  ),
  ...mutants('src/document/document.ts', [
    'hands out snapshots that a stream has made stale',
    '    for (const container of way) setSnapshot(container, null)\n',
    '',
  ]),
  ...mutants('src/document/apply.ts', [
    'hands out snapshots that are stale',
    'for (const container of way) edits.touch(container)',
    'for (const container of way.slice(1)) edits.touch(container)',
  ]),
  ...mutants(
    'src/document/edits.ts',
    ['splices in the first items only', 'for (let at = atOnce; at < items.length;', 'for (let at = atOnce; at < 0;'],
    ['splices in many items in another order', 'array.splice(index + at, 0,', 'array.splice(index, 0,'],
  ),
  ...mutants(
    'src/document/node.ts',
    [
      'makes a container that it knows anew',
      '    for (const node of this.#first) if (node.live === live) return node\n',
      '',
    ],
    [
      'forgets the containers that it knows when there are many',
      'new Map(this.#first.map((each) => [each.live, each]))',
      'new Map()',
    ],
  ),
  ...mutants(
    'src/document/transaction.ts',
    [
      'keeps a snapshot of what was taken back',
      '      setSnapshot(container, null)\n    })\n    return this.mapParts',
      '    })\n    return this.mapParts',
    ],
    [
      'takes a snapshot without what comes last',
      '    return this.mapParts(container, convert)',
      '    return mapParts(container, convert)',
    ],
  ),
  ...mutants(
    'src/document/reconcile.ts',
    ['keeps what is other in order', 'equal &&= Object.is(oldKeys[index], key)', 'equal &&= true'],
    ['makes everything new', 'return equal ? before : after', 'return after'],
  ),
]
