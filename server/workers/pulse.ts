/**
 * Whether a process still answers. Counted in questions, not in time: when the machine was suspended, or this process was
 * late itself, none of it is held against the other.
 */
export class Pulse {
  #isAsked = false
  #missed = 0

  /** Asks, unless the last question is still open. Returns how often in a row it was. */
  feel(ask: () => Promise<unknown>): number {
    if (this.#isAsked) return ++this.#missed
    this.#isAsked = true
    this.#missed = 0
    const answered = (): void => {
      this.#isAsked = false
    }
    ask().then(answered, answered)
    return 0
  }
}
