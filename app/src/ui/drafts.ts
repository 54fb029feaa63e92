/** What a draft is kept in. */
export interface DraftPlace {
  /** The draft as it is kept now. */
  kept(): string
  keep(text: string): Promise<unknown>
}

/** What is shown of a draft. */
export interface DraftView {
  /** Shows a text in place of the field's. */
  show(text: string): void
  /** Whether there is something typed that is not known to be kept; told when it changes. */
  pending(now: boolean): void
}

/** Runs something later; returns what prevents it. */
export type Schedule = (run: () => void, ms: number) => () => void

const systemSchedule: Schedule = (run, ms) => {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}

/** How long typing has to pause until the draft is kept, and how long until that is tried again, in ms. */
const pause = 300
const retryAfter = 2_000

/**
 * The text of one field, kept as a draft that other windows may show too. While it is typed in this window, the window
 * shows its own text, whatever others do; once the field is left, it follows. What was typed last is what is kept.
 */
export class Draft {
  text: string
  readonly #place: DraftPlace
  readonly #view: DraftView
  readonly #schedule: Schedule
  #typing = false
  /** The last text that was handed over to be kept, and how many of these are on their way. */
  #handedOver = ''
  #underway = 0
  #failed = false
  #cancel: (() => void) | undefined
  #pending = false

  constructor(place: DraftPlace, view: DraftView, schedule: Schedule = systemSchedule) {
    this.#place = place
    this.#view = view
    this.#schedule = schedule
    this.text = place.kept()
  }

  /** The user has changed the text. */
  typed(text: string): void {
    this.text = text
    this.#typing = true
    this.#later(pause)
  }

  /** What is kept has changed, here or elsewhere. */
  changed(): void {
    // What comes back of one's own changes while others are on their way is old.
    if (this.#typing || this.#failed || this.#underway > 0) return
    const kept = this.#place.kept()
    if (kept !== this.text) this.#view.show((this.text = kept))
  }

  /** The user has left the field, or the window is about to go. */
  left(): void {
    if (!this.#typing) return
    this.#typing = false
    this.#keep()
    this.changed()
  }

  /** The text is sent, and so no draft any more, unless `sending` says that it was refused. */
  async send(sending: (text: string) => Promise<boolean>): Promise<void> {
    const { text } = this
    this.#cancel?.()
    this.#cancel = undefined
    this.#failed = false
    this.#typing = false
    this.#handedOver = ''
    this.#view.show((this.text = ''))
    this.#underway++
    this.#tellPending()
    const accepted = await sending(text)
    this.#underway--
    this.#tellPending()
    if (accepted || this.text !== '') return this.changed()
    this.#view.show((this.text = text))
    this.typed(text)
  }

  #later(ms: number): void {
    this.#cancel?.()
    this.#cancel = this.#schedule(() => this.#keep(), ms)
    this.#tellPending()
  }

  /** Hands the text over, if there is a change that has not been. */
  #keep(): void {
    if (this.#cancel === undefined) return
    this.#cancel()
    this.#cancel = undefined
    const { text } = this
    this.#handedOver = text
    this.#underway++
    this.#place.keep(text).then(
      () => this.#handed(text, true),
      () => this.#handed(text, false),
    )
  }

  #handed(text: string, kept: boolean): void {
    this.#underway--
    if (text === this.#handedOver) {
      this.#failed = !kept
      // The connection is gone, say.
      if (!kept) this.#later(retryAfter)
    }
    this.#tellPending()
    this.changed()
  }

  #tellPending(): void {
    const pending = this.#cancel !== undefined || this.#underway > 0
    if (pending !== this.#pending) this.#view.pending((this.#pending = pending))
  }
}
