import { mutants, type Mutant } from './mutant.ts'

export const ofSource: readonly Mutant[] = [
  ...mutants(
    'src/source/log.ts',
    ['resumes one revision late', 'this.#find(revision)', 'this.#find(revision + 1)'],
    ['merges commits across a revision that somebody is at', 'inUse.has(entry.from)', 'inUse.has(-entry.from - 1)'],
    [
      'forgets the newest commits when it is shortened',
      '    entries.push(mergeRun(run))\n    this.#length',
      '    this.#length',
    ],
    ['forgets nothing', 'this.#length <= this.#maxLength / 2', 'this.#length > 0'],
    [
      'forgets commits and keeps counting from them',
      'this.#entries = entries.slice(forgotten)',
      'this.#entries = entries',
    ],
    [
      'says that an empty log reaches back',
      'if (revision === this.#revision) return []',
      'if (revision >= 0 && this.#entries.length === 0) return []',
    ],
  ),
  ...mutants(
    'src/source/session.ts',
    [
      'drops what was pending when the acknowledgement comes',
      '    this.#times.acknowledged(this.#host.now())\n    this.#schedule()',
      '    this.#times.acknowledged(this.#host.now())',
    ],
    [
      'drops the trailing flush',
      '    return Math.max(now, cellStart(this.#times.flushedAt, period) + period)',
      '    const at = cellStart(this.#times.flushedAt, period) + period\n    return at <= now ? now : undefined',
    ],
    ['sends without credit', "this.#pending === 'nothing' || this.#inFlight ||", "this.#pending === 'nothing' ||"],
    ['takes any acknowledgement', '!this.#inFlight || revision !== this.#sent', '!this.#inFlight'],
    ['takes an acknowledgement of the frame before', 'revision !== this.#sent', 'revision < (this.#acknowledged ?? 0)'],
    ['never says that it has sent', '    this.#inFlight = true\n', ''],
    [
      'is at the revision before the one that it has sent',
      '    this.#sent = this.#host.revision\n',
      '    this.#sent = this.#host.revision - 1\n',
    ],
    ['lets what is urgent wait', "    if (this.#pending === 'urgent') return now\n", ''],
    [
      'lets appends take the place of a commit that is pending',
      "    if (this.#pending === 'ordinary' || this.#pending === 'urgent') return\n    this.#want",
      '    this.#want',
    ],
    ['sends appends with a reader slowly', 'this.#watches.has(pathKey(op.path)))', 'this.#watches.has(""))'],
    [
      'sends all appends fast',
      "return op.kind !== 'append' ||",
      "return op.kind === 'append' || op.kind !== 'append' ||",
    ],
    [
      'lets what was appended before its reader came wait',
      "if (this.#pending === 'appends') this.#want('ordinary')",
      '',
    ],
    ['takes a watch twice', "if (this.#watches.has(key)) return this.refuse(outOfOrder('Watches'))", ''],
    ['takes an unwatch of nothing', "else this.refuse(outOfOrder('Watches'))", ''],
    ['forgets no watch', 'if (this.#watches.delete(pathKey(path)))', 'if (this.#watches.has(pathKey(path)))'],
    ['runs a call twice', 'if (id === this.#lastCall + 1)', 'if (id === this.#lastCall + 1 || id === this.#lastCall)'],
    ['runs calls out of order', 'if (id === this.#lastCall + 1)', 'if (id > this.#lastCall)'],
    ['answers at a revision before the effects', 'resultBody(id, this.#host.revision,', 'resultBody(id, 0,'],
    ['fails at a revision before the effects', 'failureBody(id, this.#host.revision,', 'failureBody(id, 0,'],
    [
      'does not send what an answer waits for',
      '    this.#port.send(body)\n    this.hurry()',
      '    this.#port.send(body)',
    ],
    ['pongs with a revision of the past', 'pongBody(id, revision))', 'pongBody(id, this.#acknowledged ?? 0))'],
    ['lets calls that have ended count', '        this.#calls--\n', ''],
    ['answers after its end', '    if (this.#closed) return\n    this.#port.send(body)', '    this.#port.send(body)'],
    [
      'stays with its source when it has ended',
      '    this.#closed = true\n    this.#host.left(this)',
      '    this.#host.left(this)',
    ],
  ),
  ...mutants(
    'src/source/source.ts',
    [
      'keeps a stale cursor after an epoch change',
      'known?.epoch === this.epoch ? known.revision : undefined',
      'known?.revision',
    ],
    ['forgets where those were that have left', '    this.#departed.push(...session.revisionsInUse)\n', ''],
    [
      'sends a snapshot with the revision before',
      'snapshotBody(this.epoch, this.revision,',
      'snapshotBody(this.epoch, Math.max(0, this.revision - 1),',
    ],
    [
      'tells the sessions of no commit',
      '    for (const session of this.#publisher.sessions) session.published(ops)\n',
      '',
    ],
    ['tells its listeners of no commit', '    this.#document.notify(ops)\n', ''],
    ['lets a session go on that has left', '    this.#publisher.sessions.delete(session)\n', ''],
    ['publishes what has not happened', "    if (chunk !== '') this.#publish(ops)", '    this.#publish(ops)'],
    ['is silent when it closes', 'session.refuse(this.#closedError())', 'session.close()'],
    [
      'finds commands on prototypes',
      'Object.hasOwn(this.#commands, name) ? this.#commands[name] : undefined',
      'this.#commands[name]',
    ],
  ),
  ...mutants(
    'src/source/publisher.ts',
    ['sends a frame of another revision', '    if (revision !== this.#revision) this.#bodies.clear()\n', ''],
    [
      'sends everybody the first frame that was encoded',
      'this.#bodies.get(since)',
      'this.#bodies.get(since) ?? this.#bodies.values().next().value',
    ],
    [
      'never wakes for those that are not due yet',
      'if (due !== undefined) this.schedule(due)',
      'if (due !== undefined && due < 0) this.schedule(due)',
    ],
    ['never wakes earlier than planned', 'if (due >= this.#wakeAt) return', 'if (this.#cancel !== undefined) return'],
  ),
  ...mutants('src/source/pace.ts', [
    'gives each session a beat of its own',
    'Math.floor(moment / period) * period',
    'moment',
  ]),
  ...mutants(
    'src/source/writer.ts',
    [
      'lets half a character through',
      'last >= 0xd8_00 && last <= 0xdb_ff ? text.length - 1 : text.length',
      'text.length',
    ],
    ['forgets at its end what it kept back', "      if (keptBack !== '') append(keptBack)\n", ''],
    ['ends without a flush', '      hurry()\n', ''],
    ['repeats what it kept back', '      keptBack = text.slice(length)', '      keptBack += text.slice(length)'],
  ),
  ...mutants(
    'src/protocol/serve.ts',
    ['joins on a channel that is in use', 'if (channel <= this.#lastChannel) {', 'if (channel < this.#lastChannel) {'],
    [
      'refuses on channel 0 who has overtaken another',
      'const refusedOn = this.#sessions.has(channel) ? 0 : channel',
      'const refusedOn = 0',
    ],
    [
      'refuses a session that is in use',
      'const refusedOn = this.#sessions.has(channel) ? 0 : channel',
      'const refusedOn = channel',
    ],
    [
      'leaves sessions behind when the connection is lost',
      '    for (const channel of [...this.#sessions.keys()]) this.#leave(channel)\n',
      '',
    ],
    [
      'does not hear who leaves',
      "if (frame.type === 'bye') return this.#leave(frame.channel)",
      "if (frame.type === 'bye') return",
    ],
  ),
]
