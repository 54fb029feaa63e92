import { mutants, type Mutant } from './mutant.ts'

export const ofReplica: readonly Mutant[] = [
  ...mutants(
    'src/replica/machine.ts',
    [
      'applies commits twice and out of order',
      'known?.revision !== frame.from || (machine',
      'known === undefined || (machine',
    ],
    [
      'applies commits of the past',
      'known?.revision !== frame.from || (machine',
      'known === undefined || frame.from > known.revision || (machine',
    ],
    [
      'takes an empty commit in the middle',
      "(machine.status === 'live' && frame.to === frame.from)",
      '(frame.to < frame.from)',
    ],
    ['shows a snapshot of the past', 'if (stale) return', 'if (stale && revision < 0) return'],
    ['shows a snapshot twice', 'machine.known.revision >= revision', 'machine.known.revision > revision'],
    [
      'refuses a snapshot of another life',
      'machine.known?.epoch === epoch && machine.known.revision >= revision',
      '(machine.known?.revision ?? -1) >= revision',
    ],
    [
      'keeps the old epoch',
      'return show(machine, frame, { epoch, revision }',
      'return show(machine, frame, { epoch: machine.known?.epoch ?? epoch, revision }',
    ],
    [
      'forgets the acknowledgement',
      "  if (asks) effects.push({ type: 'send', frame: { type: 'ack', channel: machine.channel, revision: known.revision } })\n",
      '',
    ],
    ['acknowledges what does not ask for it', 'if (asks) effects.push', 'effects.push'],
    ['does not say which session it leaves for another', 'known, machine.channel) }]', 'known, 0) }]'],
    [
      'acknowledges the revision before',
      "type: 'ack', channel: machine.channel, revision: known.revision }",
      "type: 'ack', channel: machine.channel, revision: machine.known?.revision ?? 0 }",
    ],
    [
      'asks for everything after each reconnect',
      'error: undefined }, nextChannel, machine.known)',
      'error: undefined }, nextChannel, undefined)',
    ],
    [
      'gives up for good when refused',
      '      return join({ ...machine, error: undefined }, nextChannel, machine.known)',
      "      return machine.status === 'refused' ? [machine, []] : join({ ...machine, error: undefined }, nextChannel, machine.known)",
    ],
    [
      'listens on channels that it has left',
      'frame.channel !== machine.channel) return [machine, []]',
      'frame.channel < 0) return [machine, []]',
    ],
    [
      'leaves without a word',
      "return channel === 0 ? [] : [{ type: 'send', frame: { type: 'bye', channel } }]",
      'return channel >= 0 ? [] : [{ type: "send", frame: { type: "bye", channel } }]',
    ],
    [
      'forgets to say that a session is over',
      "[{ ...machine, status: 'connecting', channel: 0 }, [{ type: 'left' }]]",
      "[{ ...machine, status: 'connecting', channel: 0 }, []]",
    ],
    [
      'forgets to say that a session has begun',
      "  if (machine.status !== 'live') effects.push({ type: 'joined' })\n",
      '',
    ],
    [
      'takes the complaint of another for its own refusal',
      "(machine.status === 'live' || aboutFrames.includes(code))",
      "machine.status === 'live'",
    ],
    [
      'does not join again after a session went wrong',
      "if (code === 'bad-frame' || (code === 'too-many' && machine.status === 'live')) {",
      "if (code === 'bad-frame' && machine.status === 'closed') {",
    ],
    [
      'keeps a state that has diverged',
      'return join(machine, nextChannel, undefined)',
      'return join(machine, nextChannel, machine.known)',
    ],
    ['never gives up', 'if (event.hopeless)', "if (event.hopeless && machine.status === 'live')"],
  ),
  ...mutants(
    'src/replica/calls.ts',
    [
      'answers before the effects are shown',
      'if (answer.revision <= revision) settle',
      'if (answer.revision >= 0) settle',
    ],
    [
      'answers one revision too early',
      'if (answer.revision <= revision) settle',
      'if (answer.revision <= revision + 1) settle',
    ],
    ['forgets answers that were held back', '        else heldBack.push(held)\n', ''],
    [
      'gives answers that were held back too early',
      'if (newEpoch || held.answer.revision <= revision) settle',
      'if (newEpoch || held.answer.revision >= 0) settle',
    ],
    [
      'waits for revisions of a past life',
      'newEpoch || held.answer.revision <= revision',
      '(newEpoch && revision < 0) || held.answer.revision <= revision',
    ],
    [
      'takes a failure for a result',
      "if (answer.type === 'failure') reject(new SyncError(answer.error.code, answer.error.message))\n  else ",
      '',
    ],
    [
      'runs calls again after a reconnect',
      '      for (const { name, reject } of underWay.values()) {',
      '      waiting.unshift(...underWay.values())\n      underWay.clear()\n      for (const { name, reject } of underWay.values()) {',
    ],
    [
      'leaves the calls under way without an answer',
      'of underWay.values()) {',
      'of [...underWay.values()].slice(0, 0)) {',
    ],
    ['counts calls that were lost as under way', '      underWay.clear()\n', ''],
    ['counts on in the next session', '      lastId = 0\n', ''],
    [
      'forgets the pings that were lost',
      "      for (const id of pings.keys()) send({ type: 'ping', channel, id })\n",
      '',
    ],
    ['forgets the calls that wait for a session', 'channel, id })\n      sendWaiting()\n', 'channel, id })\n'],
    ['sends all calls at once', 'underWay.size < maxUnderWay', 'waiting.length > 0'],
    ['lets nobody hear of the end', '...pings.values(), ...held]', '...held]'],
    ['forgets at the end what was held back', '...pings.values(), ...held]', '...pings.values()]'],
  ),
  ...mutants(
    'src/replica/reader.ts',
    ['gives the whole text each time', 'run(added, text.length - added.length)', 'run(text, 0)'],
    [
      'says of what was added that it is at the end',
      'run(added, text.length - added.length)',
      'run(added, text.length)',
    ],
    [
      'repeats the last character',
      'added = grows ? text.slice(before.length) : undefined',
      'added = grows ? text.slice(Math.max(0, before.length - 1)) : undefined',
    ],
    [
      'does not see that the text is another',
      'text.slice(0, before?.length) === before',
      "typeof before === 'string' && before.length <= text.length",
    ],
    ['gives pieces of nothing', '        if (text === before) return\n', ''],
    ['shows half a character', '& 0xfc_00) === 0xd8_00', '& 0xfc_00) === 0'],
    ['shows half a character of what was added', ' || wholeCharacters(added) !== added', ''],
    ['loses half a character that it kept back', ' || text.length - added.length !== before.length', ''],
    ['reads all of a text that grows', 'if (!added || ', 'if (added !== before || '],
    ['asks for nothing live', 'const unwatch = watch()', 'const unwatch = (): void => {}'],
    ['never says that it has ended', '      unsubscribe()\n      unwatch()', '      unsubscribe()'],
    ['goes on after its end', '      unsubscribe()\n      unwatch()', '      unwatch()'],
  ),
  ...mutants(
    'src/replica/select.ts',
    ['tells what has not changed', 'if (told !== undefined && equal(told[0], value)) return', ''],
    ['sticks to the first value', 'if (last !== undefined && last.state === state)', 'if (last !== undefined)'],
    [
      'gives what is equal a new identity',
      'last !== undefined && equal(last.value, value) ? last.value : value',
      'value',
    ],
  ),
  ...mutants(
    'src/replica/replica.ts',
    [
      'forgets its readers when it joins again',
      "for (const { path } of watches.values()) sendWatch('watch', path)",
      '',
    ],
    ['counts a reader that ends twice as two', '      if (ended) return\n', ''],
    ['takes the first reader that ends for the last', 'if (--entry.count > 0) return', '--entry.count'],
    [
      'asks for each reader',
      "if (++entry.count === 1) sendWatch('watch', path)",
      "++entry.count\n    sendWatch('watch', path)",
    ],
    ['does not tell of its status', 'if (machine.status !== status.get()) statusChanged(machine)', ''],
    ['applies without telling', '        return document.notify(effect.ops)', '        return undefined'],
    ['joins for a listener that has left', "        if (machine.status !== 'live') return\n", ''],
    ['leaves in silence what it cannot apply', '    if (!hopeless) report(error)\n', ''],
  ),
]
