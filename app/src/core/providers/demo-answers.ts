/** The demo model's prepared answers, chosen by the first pattern that the prompt matches. */
const answers: readonly { pattern: RegExp; answer: string }[] = [
  {
    pattern: /\b(step|sync|lockstep|window|state|electron)/i,
    answer: `Each window shows a **replica** of the state; the state itself lives in one place, the *source*.

1. A window sends a **command**, for example "ask".
2. The source changes its state in one **commit**.
3. Every replica gets that commit, in the same order, and re-renders only what it touched.

While an answer streams, just the new characters travel:

\`\`\`ts
const text = chat.writer('tabs', tabId, 'messages', index, 'text')
for await (const piece of answer) text.append(piece)
text.end()
\`\`\`

> Open a second window now, or reload this one. It shows the same text, with no hole and no repeat.
`,
  },
  {
    pattern: /\b(code|function|debounce|typescript|javascript|program|regex|script)/i,
    answer: `Here is a small \`debounce\` in TypeScript. The last call always runs, which is the part that is easily forgotten:

\`\`\`ts
export function debounce<Args extends unknown[]>(run: (...args: Args) => void, ms: number) {
  let timer: ReturnType<typeof setTimeout> | undefined
  return (...args: Args): void => {
    clearTimeout(timer)
    timer = setTimeout(() => run(...args), ms)
  }
}
\`\`\`

How it is used:

\`\`\`ts
const save = debounce((text: string) => localStorage.setItem('draft', text), 300)
input.addEventListener('input', () => save(input.value))
\`\`\`

- **Trailing edge:** the newest value wins.
- **No leak:** one timer at most is pending.
- **Typed:** arguments keep their types.
`,
  },
  {
    pattern: /\b(compare|table|versus|vs|difference|pros|cons)/i,
    answer: `A comparison reads best as a table:

| | Tea | Coffee |
|---|---|---|
| Caffeine per cup | 30 to 50 mg | 80 to 120 mg |
| Ready in | 3 minutes | 4 minutes |
| Goes with | a book | a deadline |
| Second cup | same leaves, milder | freshly ground |

**In short:** tea for long afternoons, coffee for short mornings. Neither replaces a walk.
`,
  },
  {
    pattern: /\b(plan|trip|week|schedule|checklist|organi[sz]e)/i,
    answer: `## A calm week

Three things a day are enough.

- **Monday:** decide what the week is for, in one sentence
- **Tuesday and Wednesday:** the hard part, before noon
- **Thursday:** show it to somebody
- **Friday:** tidy up, and write down what you learnt

### Before you start

1. Put the phone in another room.
2. Close what you will not need.
3. Begin with the step that you would rather avoid.
`,
  },
]

const fallback = `I am the **demo model** that comes with this app. I do not think: I pick one of a few prepared answers by the words in your prompt, so that you can see how the app behaves without a network or a key.

Some things to try:

- *Write a debounce function in TypeScript*
- *How do windows stay in step?*
- *Compare tea and coffee in a table*
- *Plan a calm week*

For real answers, open **Settings** and enter an OpenAI-compatible server: a hosted one with its key, or one on your own machine such as \`http://127.0.0.1:11434/v1\`.
`

export function demoAnswer(prompt: string): string {
  return answers.find(({ pattern }) => pattern.test(prompt))?.answer ?? fallback
}
