/**
 * Whether a process still answers. Counted in missed probes, not in time: a suspended machine, or a delay of this process
 * itself, is not held against the other.
 */
export class Heartbeat {
  #isPending = false
  #missed = 0

  /** Sends a probe, unless the last one is still unanswered. Returns for how many calls in a row it has been. */
  probe(ask: () => Promise<unknown>): number {
    if (this.#isPending) return ++this.#missed
    this.#isPending = true
    this.#missed = 0
    const answered = (): void => {
      this.#isPending = false
    }
    ask().then(answered, answered)
    return 0
  }
}
