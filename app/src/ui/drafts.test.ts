import { expect, test } from 'vitest'
import { Draft } from './drafts.ts'

interface Field {
  readonly draft: Draft
  /** What was shown in place of what was in the field. */
  readonly shown: string[]
  /** Lets the time pass that a pause takes. */
  pause(): void
  fail(now: boolean): void
  /** Whether it says that something typed is not known to be kept. */
  pending(): boolean
}

/** One kept text, and fields in several windows that show it. What is on its way arrives when the test says so. */
function keptText() {
  let kept = ''
  const fields: Field[] = []
  const underway: (() => void)[] = []

  function set(text: string): void {
    kept = text
    for (const { draft } of fields) draft.changed()
  }

  function openField(): Field {
    let timer: (() => void) | undefined
    let fails = false
    let pending = false
    const shown: string[] = []
    const draft = new Draft(
      {
        kept: () => kept,
        keep: (text) =>
          new Promise<void>((resolve, reject) => {
            underway.push(() => {
              if (fails) return reject(new Error('Disconnected'))
              set(text)
              resolve()
            })
          }),
      },
      { show: (text) => void shown.push(text), pending: (now) => void (pending = now) },
      (run) => {
        timer = run
        return () => {
          if (timer === run) timer = undefined
        }
      },
    )
    const field: Field = {
      draft,
      shown,
      pause: () => timer?.(),
      fail: (now) => void (fails = now),
      pending: () => pending,
    }
    fields.push(field)
    return field
  }

  return {
    openField,
    set,
    kept: () => kept,
    async arrive(count = underway.length) {
      for (const done of underway.splice(0, count)) done()
      await Promise.resolve()
      await Promise.resolve()
    },
  }
}

test('it is kept when typing pauses, not letter by letter', async () => {
  const text = keptText()
  const { draft, pause, pending, shown } = text.openField()
  expect(pending()).toBe(false)
  draft.typed('a')
  draft.typed('ab')
  await text.arrive()
  expect(text.kept()).toBe('')
  expect(pending()).toBe(true)
  pause()
  expect(pending()).toBe(true)
  await text.arrive()
  expect(text.kept()).toBe('ab')
  expect(pending()).toBe(false)
  expect(shown).toEqual([])
})

test('it is kept at once when the field is left', async () => {
  const text = keptText()
  const { draft } = text.openField()
  draft.typed('ab')
  draft.left()
  await text.arrive()
  expect(text.kept()).toBe('ab')
})

test('other windows follow, but not while they type themselves', async () => {
  const text = keptText()
  const [here, there] = [text.openField(), text.openField()]
  here.draft.typed('here')
  here.pause()
  await text.arrive()
  expect(there.draft.text).toBe('here')
  there.draft.typed('here and there')
  there.pause()
  await text.arrive()
  expect(here.draft.text).toBe('here')
  expect(here.shown).toEqual([])
  here.draft.left()
  expect(here.draft.text).toBe('here and there')
  expect(here.shown).toEqual(['here and there'])
  expect(text.kept()).toBe('here and there')
})

test('its own earlier texts do not come back into the field', async () => {
  const text = keptText()
  const { draft, pause, shown } = text.openField()
  draft.typed('a')
  pause()
  draft.typed('ab')
  draft.left()
  await text.arrive(1)
  expect(text.kept()).toBe('a')
  await text.arrive()
  expect(text.kept()).toBe('ab')
  expect(shown).toEqual([])
})

test('sent, it is gone, here and from what was on its way', async () => {
  const text = keptText()
  const { draft, pause, shown } = text.openField()
  draft.typed('hel')
  pause()
  draft.typed('hello')
  let accept = (): void => {}
  const sending = draft.send(async (prompt) => {
    expect(prompt).toBe('hello')
    await new Promise<void>((resolve) => (accept = resolve))
    text.set('')
    return true
  })
  await text.arrive()
  expect(text.kept()).toBe('hel')
  accept()
  await sending
  pause()
  await text.arrive()
  expect(text.kept()).toBe('')
  expect(draft.text).toBe('')
  expect(shown).toEqual([''])
})

test('refused, it is in the field again, unless something else has been typed', async () => {
  const text = keptText()
  const { draft, pause, shown } = text.openField()
  draft.typed('hello')
  await draft.send(async () => false)
  expect(draft.text).toBe('hello')
  expect(shown).toEqual(['', 'hello'])
  pause()
  await text.arrive()
  expect(text.kept()).toBe('hello')
  const sending = draft.send(async () => false)
  draft.typed('other')
  await sending
  expect(draft.text).toBe('other')
})

test('what could not be kept stays in the field, and is tried again', async () => {
  const text = keptText()
  const { draft, pause, fail, pending, shown } = text.openField()
  fail(true)
  draft.typed('hello')
  draft.left()
  await text.arrive()
  expect(pending()).toBe(true)
  text.set('')
  expect(draft.text).toBe('hello')
  fail(false)
  pause()
  await text.arrive()
  expect(text.kept()).toBe('hello')
  expect(shown).toEqual([])
})
