/** How near to the end still counts as being there: about two lines. */
const tolerance = 48

/** Keeps a scrolled element at its end while it grows, until the user scrolls up. */
export class StickyScroll {
  /** Whether the end is in view. */
  atEnd = $state(true)
  #element: HTMLElement | undefined
  #top = 0

  readonly attach = (element: HTMLElement): (() => void) => {
    this.#element = element
    const onscroll = (): void => this.#scrolled()
    element.addEventListener('scroll', onscroll, { passive: true })
    // Both may change: the content as the text grows, the element as the window does.
    const resized = new ResizeObserver(() => {
      if (this.atEnd) this.toEnd()
    })
    const observe = (): void => {
      resized.disconnect()
      resized.observe(element)
      for (const child of element.children) resized.observe(child)
    }
    const replaced = new MutationObserver(observe)
    replaced.observe(element, { childList: true })
    observe()
    this.toEnd()
    return () => {
      element.removeEventListener('scroll', onscroll)
      resized.disconnect()
      replaced.disconnect()
    }
  }

  toEnd(): void {
    this.atEnd = true
    if (this.#element === undefined) return
    this.#element.scrollTop = this.#element.scrollHeight
    this.#top = this.#element.scrollTop
  }

  #scrolled(): void {
    if (this.#element === undefined) return
    const { scrollTop, scrollHeight, clientHeight } = this.#element
    const distance = scrollHeight - clientHeight - scrollTop
    // Growth moves the end away too; only moving up is the user's wish to stay.
    if (scrollTop < this.#top - 1 && distance > 1) this.atEnd = false
    else if (distance <= tolerance) this.atEnd = true
    this.#top = scrollTop
  }
}
