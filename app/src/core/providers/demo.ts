import type { Clock } from '../clock.ts'
import { demoAnswer } from './demo-answers.ts'
import type { Provider } from './provider.ts'

/** Milliseconds between two pieces: about as fast as a hosted model. */
const pace = 24

/**
 * A stand-in that needs no network and does not think: it chooses one of a few prepared answers by words of the prompt.
 * The same conversation always gets the same answer, in the same pieces.
 */
export function demoProvider(clock: Clock): Provider {
  return async function* complete(request, signal) {
    const prompt = request.turns.findLast((turn) => turn.role === 'user')?.content ?? ''
    await clock.sleep(pace * 12, signal)
    const answer = demoAnswer(prompt)
    const { begun = '' } = request
    // What another model has begun, this one cannot end: it says its own.
    const rest = answer.startsWith(begun) ? answer.slice(begun.length) : `\n\n${answer}`
    for (const piece of pieces(rest)) {
      if (signal.aborted) return
      yield piece
      await clock.sleep(pace, signal)
    }
  }
}

/** Cuts a text the way models do: a word or half a word at a time. */
function pieces(text: string): string[] {
  return text.match(/\s*[^\s]{1,7}|\s+$/gu) ?? []
}
