/** PROTOCOL.md shows real frames: those of the example session, in order, and one of each kind where it is described. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { defineStore } from '../../src/definition.ts'
import { serveConnection } from '../../src/protocol/serve.ts'
import { createReplica } from '../../src/replica/index.ts'
import { createSource } from '../../src/source/index.ts'
import { fakeClock } from '../../src/testing/clock.ts'
import { memoryLink, type Link } from '../../src/testing/link.ts'
import { defaultLimits } from '../../src/protocol/limits.ts'
import { downFrameText, readDown, readUp, upFrameText } from './support/frames.ts'

const text = readFileSync(join(import.meta.dirname, '../../PROTOCOL.md'), 'utf8')
const [description = '', example = ''] = text.split(/^## .*Example session$/m)

/** The frames in the document's code blocks: `>` marks those of replicas, `<` those of sources. */
function framesIn(part: string): string[] {
  const blocks = [...part.matchAll(/^```text\n([^]*?)^```$/gm)].map((match) => match[1] ?? '')
  return blocks.flatMap((block) => block.split('\n')).filter((line) => /^[<>] /.test(line))
}

interface Note {
  text: string
  due?: Date
}

const notes = defineStore('notes', {
  state: () => ({ title: 'Notes', byId: new Map<string, Note>([['n1', { text: '' }]]) }),
  commands: {} as { rename(args: { title: string }): string },
})

async function runExample(): Promise<Link['frames']> {
  const clock = fakeClock()
  const link = memoryLink(clock)
  const source = createSource(notes, {
    clock,
    epoch: () => 'e1',
    commands: {
      rename({ title }, context) {
        context.source.update((draft) => {
          draft.title = title
        })
        return 'done'
      },
    },
  })
  serveConnection([source], link.server, { transport: 'memory', origin: '' }, undefined, clock)
  const errors: unknown[] = []
  const replica = createReplica(notes, link.client, { onError: (error) => errors.push(error) })
  await clock.advance(100)

  const unfollow = replica.reader('byId', 'n1', 'text').subscribe(() => {})
  await clock.advance(100)
  source.append(['byId', 'n1', 'text'], 'Buy')
  source.append(['byId', 'n1', 'text'], ' milk')
  await clock.advance(100)
  source.update((draft) => {
    const note = draft.byId.get('n1')
    if (note !== undefined) note.due = new Date(1_767_225_600_000)
    draft.byId.set('n2', { text: 'Rest' })
  })
  await clock.advance(100)
  const call = replica.call.rename({ title: 'To do' })
  await clock.advance(100)
  expect(await call).toBe('done')
  const settled = replica.settled()
  await clock.advance(100)
  await settled

  link.cut()
  source.append(['byId', 'n1', 'text'], ' and bread')
  await clock.advance(100)
  link.reopen()
  await clock.advance(100)
  link.cut()
  await clock.advance(100)
  link.reopen()
  await clock.advance(100)
  link.client.send('[3,"w",[["byId"]]]')
  await clock.advance(100)
  unfollow()
  replica.close()
  await clock.advance(100)
  expect(replica.get()).toEqual(source.get())
  expect(errors).toEqual([expect.objectContaining({ code: 'bad-frame' })])
  return link.frames
}

test('the example session is what a source and a replica say', async () => {
  const frames = await runExample()
  const lines = frames.map(({ to, text }) => `${to === 'server' ? '>' : '<'} ${text}`)
  expect(framesIn(example)).toEqual(lines)
})

describe('the frames in the description are read and written as they are shown', () => {
  const lines = framesIn(description)

  test('there is one of each type', () => {
    const types = lines.map((line) => (line.startsWith('>') ? readUp(line.slice(2)) : readDown(line.slice(2))).type)
    expect(new Set(types)).toEqual(
      new Set([
        ...['hello', 'ack', 'watch', 'unwatch', 'call', 'ping', 'bye'],
        ...['snapshot', 'commit', 'ok', 'err', 'pong', 'refused'],
      ]),
    )
  })

  test.each(lines)('%s', (line) => {
    const frame = line.slice(2)
    expect(line.startsWith('>') ? upFrameText(readUp(frame)) : downFrameText(readDown(frame))).toBe(frame)
  })
})

test('the limits in the description are the real ones', () => {
  for (const [name, value] of Object.entries(defaultLimits)) {
    expect(description).toMatch(new RegExp(`\\| \`${name}\` +\\|.*\\| ${value.toLocaleString('en')} +\\|`))
  }
})
