/** The patterns with which text is lost or doubled have to be found; the one that reads state has to pass. */
import { describe, expect, test } from 'vitest'
import { defineStore, type Clock } from '../../src/index.ts'
import { createSource } from '../../src/source/index.ts'
import { fakeClock, linked, memoryLink, roundTrip, type RoundTripOptions } from '../../src/testing/index.ts'

const answers = defineStore('answers', { state: () => ({ text: '' }) })

interface View {
  shown: string
  unmount(): void
}

type Component = () => View
type Check = (state: { view: View; text: string }) => void

const showsAll: Check = ({ view, text }) => expect(view.shown).toBe(text)

/** A source, a window on it, and beside the store a channel of chunks, as people have it at first. */
function start(clock?: Clock) {
  const source = createSource(answers, clock === undefined ? {} : { clock })
  const { replica } = linked(source)
  const channel = memoryLink(clock)
  const writer = source.writer('text')
  const options: RoundTripOptions = {
    replica,
    writer: {
      append(chunk) {
        writer.append(chunk)
        channel.server.send(chunk)
      },
      end: () => writer.end(),
    },
  }
  return { replica, channel: channel.client, options }
}

type Setup = ReturnType<typeof start>

const components: Record<string, (setup: Setup) => Component> = {
  'reads the stream from state': ({ replica }) => {
    return () => {
      const view = { shown: '', unmount: () => {} }
      view.unmount = replica.reader('text').subscribe((text) => (view.shown = text))
      return view
    }
  },
  'follows the chunks of the state': ({ replica }) => {
    return () => {
      const view = { shown: '', unmount: () => {} }
      view.unmount = replica
        .reader('text')
        .follow((chunk, offset) => (view.shown = view.shown.slice(0, offset) + chunk))
      return view
    }
  },
  'collects chunks while it is mounted': ({ channel }) => {
    return () => {
      const view = { shown: '', unmount: () => {} }
      view.unmount = channel.subscribe({ message: (chunk) => (view.shown += chunk) })
      return view
    }
  },
  'collects chunks into a variable that outlives it': ({ channel }) => {
    let kept = ''
    return () => {
      const view = { shown: kept, unmount: () => {} }
      view.unmount = channel.subscribe({ message: (chunk) => (view.shown = kept += chunk) })
      return view
    }
  },
  'begins with the text so far, then collects chunks': ({ replica, channel }) => {
    return () => {
      const view = { shown: replica.get().text, unmount: () => {} }
      view.unmount = channel.subscribe({ message: (chunk) => (view.shown += chunk) })
      return view
    }
  },
  'reads the text when it is mounted, and no more': ({ replica }) => {
    return () => ({ shown: replica.get().text, unmount: () => {} })
  },
  'never unsubscribes, and appends to what all of it share': ({ channel }) => {
    let kept = ''
    return () => {
      channel.subscribe({ message: (chunk) => (kept += chunk) })
      return {
        get shown() {
          return kept
        },
        unmount() {},
      }
    }
  },
}

const lost = 're-mounted in mid-stream, with chunks that came meanwhile'

describe.each([
  ['the system clock', () => undefined],
  ['a fake clock', () => fakeClock()],
])('on %s, a component that', (_, clock) => {
  test.each([['reads the stream from state'], ['follows the chunks of the state']])('%s passes', async (name) => {
    const setup = start(clock())
    const texts: [string, boolean, string][] = []
    await roundTrip(
      components[name]!(setup),
      (state) => {
        showsAll(state)
        texts.push([state.text, state.ended, state.phase])
      },
      setup.options,
    )
    expect(texts).toHaveLength(8)
    expect(texts[0]).toEqual(['', false, 'mounted before the stream begins'])
    expect(texts[7]).toEqual([setup.replica.get().text, true, 're-mounted after the end'])
  })

  test.each([
    ['collects chunks while it is mounted', lost],
    ['collects chunks into a variable that outlives it', lost],
    ['begins with the text so far, then collects chunks', 're-mounted'],
    ['reads the text when it is mounted, and no more', 'mounted while the stream begins'],
    ['never unsubscribes, and appends to what all of it share', 'going on after it was re-mounted'],
  ])('%s is found', async (name, phase) => {
    const setup = start(clock())
    const error = await failure(roundTrip(components[name]!(setup), showsAll, setup.options))
    expect(error.message).toContain(`roundTrip: failed when ${phase}`)
    expect(error.message).toContain('appended so far: " 1· 2··')
    expect(error.message).toContain('What to do: let the component read the text from state')
    expect(error).toHaveProperty('expected', expect.stringContaining(' 1· 2··'))
    expect(error.cause).toBeInstanceOf(Error)
  })
})

async function failure(promise: Promise<unknown>): Promise<Error> {
  return await promise.then(
    () => {
      throw new Error('it passed')
    },
    (error: Error) => error,
  )
}

describe('roundTrip', () => {
  test('unmounts also when a check fails, and counts `false` as a failure', async () => {
    const setup = start()
    let mounted = 0
    const mount = (): (() => void) => {
      mounted++
      return () => void mounted--
    }
    const error = await failure(roundTrip(mount, () => false, setup.options))
    expect(error.message).toMatch(/failed when mounted before the stream begins\n.*\n {2}check returned false\n/)
    expect(mounted).toBe(0)
  })

  test.each(['unmount', 'destroy', '$destroy', 'dispose'])('takes what has %s(), sync or async', async (name) => {
    let mounted = 0
    const mount = async (): Promise<{ unmount(): void }> => {
      mounted++
      return { [name]: async () => void mounted-- } as unknown as { unmount(): void }
    }
    await roundTrip(mount, () => expect(mounted).toBe(1), { writer: { append() {} }, settle: () => Promise.resolve() })
    expect(mounted).toBe(0)
  })

  test('says so when unmounting fails', async () => {
    const mount = () => (): void => {
      throw new TypeError('no parent')
    }
    const error = await failure(roundTrip(mount, () => true, { writer: { append() {} } }))
    expect(error.message).toContain(`roundTrip: failed when ${lost}`)
    expect(error.message).toContain('no parent')
  })

  test('refuses a mount that returns nothing to unmount by', async () => {
    const error = await failure(roundTrip((() => 5) as never, () => true, { writer: { append() {} } }))
    expect(error.message).toContain('`mount` has to return what unmounts')
    expect(error.message).toContain('it returned 5')
  })

  test.each<[unknown, unknown, unknown]>([
    [undefined, () => true, { writer: { append() {} } }],
    [() => () => {}, undefined, { writer: { append() {} } }],
    [() => () => {}, () => true, undefined],
    [() => () => {}, () => true, {}],
  ])('refuses bad input (%#)', async (mount, check, options) => {
    const error = await failure(roundTrip(mount as never, check as never, options as never))
    expect(error).toMatchObject({ code: 'setup', message: expect.stringContaining('{ writer }') })
  })
})
