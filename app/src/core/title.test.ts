import { expect, test } from 'vitest'
import { titleFrom } from './title.ts'

test.each([
  ['Hello', 'Hello'],
  ['  # Plan  a **calm** week\nand more', 'Plan a calm week'],
  ['```\ncode()\n```', 'code()'],
  ['---\n\nWhat is this?', 'What is this?'],
  ['Explain to me in detail how the windows of this app stay in step', 'Explain to me in detail how the windows…'],
  ['👋🏽'.repeat(60), `${'👋🏽'.repeat(42)}…`],
  ['日本語'.repeat(30), `${'日本語'.repeat(14)}…`],
  ['???', '???'],
])('%j becomes %j', (prompt, title) => {
  expect(titleFrom(prompt)).toBe(title)
})
