import { mutants, type Mutant } from './mutant.ts'

/** Of a source: its state, and the streams that are gathered for it. */
export const ofState: readonly Mutant[] = [
  ...mutants(
    'src/source/streams.ts',
    ['settles nothing', 'for (const stream of gathering) {', 'for (const stream of gathering.slice(0, 0)) {'],
    [
      'settles the first stream only',
      'for (const stream of gathering) {',
      'for (const stream of gathering.slice(0, 1)) {',
    ],
    ['settles twice', "      stream.gathered = ''\n", ''],
    ['settles a stream once', '      stream.pieces = 0\n', ''],
    ['counts what it has gathered as one commit', 'path, chunk }, pieces, at)', 'path, chunk }, 1, at)'],
    [
      'gathers although somebody listens',
      '      if (this.#host.isFollowed) return this.#host.append(path, piece)\n',
      '',
    ],
    ['gathers for a text that is gone', '      this.#host.checkText(path)\n', ''],
    ['announces every piece', '    if (isFirst) this.#host.announce', '    this.#host.announce'],
    ['announces no piece', '    if (isFirst) this.#host.announce', '    if (stream.pieces === 0) this.#host.announce'],
    ['gathers apart what two writers add to one text', 'this.#streams.get(key) ?? {', '{'],
    ['gathers without end', '    if (stream.gathered.length > gatheredLength) this.settle()\n', ''],
    ['gathers nothing', 'stream.gathered.length > gatheredLength', 'stream.gathered.length > 0'],
    ['forgets when the last piece came', '    stream.at = ', '    if (isFirst) stream.at = '],
    [
      'ends a stream with the first of its writers',
      'if (--stream.writers === 0) this.#streams',
      'stream.writers--\n        this.#streams',
    ],
    ['ends no stream', 'if (--stream.writers === 0) this.#streams.delete(key)', 'stream.writers--'],
    ['says of no stream that it has ended', '        this.#host.streamsChanged(true)\n', ''],
    ['says of no stream that it begins', '    this.#host.streamsChanged(false)\n', ''],
  ),
  ...mutants(
    'src/source/state.ts',
    [
      'is at a revision without what is gathered',
      '  get revision(): number {\n    this.streams.settle()\n',
      '  get revision(): number {\n',
    ],
    [
      'says when the commit before what is gathered was',
      '  get committedAt(): number | undefined {\n    this.streams.settle()\n',
      '  get committedAt(): number | undefined {\n',
    ],
    [
      'reads without what is gathered',
      '  get(path: Path): unknown {\n    this.streams.settle()\n',
      '  get(path: Path): unknown {\n',
    ],
    ['copies without what is gathered', '  copy(): unknown {\n    this.streams.settle()\n', '  copy(): unknown {\n'],
    [
      'tells a new listener without what is gathered',
      '  subscribe(path: Path, run: (value: unknown) => void): () => void {\n    this.streams.settle()\n',
      '  subscribe(path: Path, run: (value: unknown) => void): () => void {\n',
    ],
    [
      'gives ops without what is gathered',
      '  since(revision: number): readonly Op[] | undefined {\n    this.streams.settle()\n',
      '  since(revision: number): readonly Op[] | undefined {\n',
    ],
    [
      'sends without what is gathered',
      '  bodySince(revision: number | undefined, epoch: string): Body {\n    this.streams.settle()\n',
      '  bodySince(revision: number | undefined, epoch: string): Body {\n',
    ],
    ['closes without what is gathered', '  close(): void {\n    this.streams.settle()\n', '  close(): void {\n'],
    [
      'changes without what is gathered',
      '    this.#checkOpen()\n    this.streams.settle()\n',
      '    this.#checkOpen()\n',
    ],
    [
      'publishes although it is closed',
      '  #beginChange(): void {\n    this.#checkOpen()\n',
      '  #beginChange(): void {\n',
    ],
    [
      'gathers although it is closed',
      '  checkText(path: Path): void {\n    this.#checkOpen()\n',
      '  checkText(path: Path): void {\n',
    ],
    [
      'sends a snapshot with the revision before',
      'snapshot(epoch, this.#log.revision,',
      'snapshot(epoch, Math.max(0, this.#log.revision - 1),',
    ],
    ['tells its listeners of no commit', '    if (this.#document.isFollowed) this.#document.notify(ops)\n', ''],
    ['publishes what has not happened', "    if (chunk !== '') this.#publish([op])", '    this.#publish([op])'],
    ["keeps the caller's path", 'path: [...path], chunk', 'path, chunk'],
    ['sends what was shared before', '    this.bodies.published(ops)\n', ''],
    ['hashes once', 'this.#hashed?.revision !== revision', 'this.#hashed === undefined'],
    ['hashes for each that asks', 'if (this.#hashed?.revision !== revision) this', 'this'],
    ['forgets when the last commit was', 'this.#committedAt = Math', 'void Math'],
    ['takes the stream that is settled last for the latest', 'Math.max(this.#committedAt ?? at, at)', 'at'],
  ),
  ...mutants(
    'src/source/body-cache.ts',
    [
      'takes a state for plain that has become rich',
      'this.#sincePlain?.every((ops) => ops.every(isPlainOp)) ?? isPlain(state)',
      'this.#sincePlain !== undefined || isPlain(state)',
    ],
    [
      'looks at the first change only',
      'this.#sincePlain?.every((ops) => ops.every(isPlainOp)) ?? isPlain(state)',
      'this.#sincePlain?.slice(0, 1).every((ops) => ops.every(isPlainOp)) ?? isPlain(state)',
    ],
    ['remembers changes without end', '> maxChanges', '> Number.POSITIVE_INFINITY'],
    [
      'takes for plain what has changed much',
      '> maxChanges) this.#sincePlain = undefined',
      '> maxChanges) this.#sincePlain = []',
    ],
    ['takes a state for plain that was rich', 'this.#sincePlain = plain ? [] : undefined', 'this.#sincePlain = []'],
    [
      'sends everybody the first frame that was encoded',
      'this.#bodies.get(since) ??',
      'this.#bodies.get(since) ?? this.#bodies.values().next().value ??',
    ],
    ['sends a frame of another revision', '    this.#bodies?.clear()\n', ''],
    ['keeps what was shared', '      this.#bodies = undefined\n', ''],
  ),
  ...mutants(
    'src/source/writer.ts',
    [
      'lets half a character through',
      'last >= 0xd8_00 && last <= 0xdb_ff ? text.length - 1 : text.length',
      'text.length',
    ],
    ['forgets at its end what it kept back', "      if (keptBack !== '') append(keptBack)\n", ''],
    ['does not say that it has ended', '        end()\n', ''],
    ['goes on after its end', '      open = false\n', ''],
    [
      'takes what is no text',
      "      if (typeof chunk !== 'string')\n        throw new SyncError('not-storable', 'Only text can be appended to a text', { path })\n",
      '',
    ],
    ['repeats what it kept back', '      keptBack = text.slice(length)', '      keptBack += text.slice(length)'],
  ),
]
