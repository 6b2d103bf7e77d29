import type { Clock } from './clock.ts'

/** A clock that stands until it is told to go on. */
export class ManualClock implements Clock {
  chance = 0.5
  #now = 1_000_000
  #waiting: { readonly atMs: number; readonly then: () => void }[] = []

  now(): number {
    return this.#now
  }

  random(): number {
    return this.chance
  }

  after(ms: number, then: () => void): () => void {
    const entry = { atMs: this.#now + ms, then }
    this.#waiting.push(entry)
    return () => {
      this.#waiting = this.#waiting.filter((one) => one !== entry)
    }
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** Goes on to the next thing that waits, lets it happen, and tells how far that was. */
  async next(): Promise<number> {
    const [first] = this.#waiting.sort((a, b) => a.atMs - b.atMs)
    if (first === undefined) throw new Error('nothing waits')
    return this.pass(first.atMs - this.#now)
  }

  /** Lets time pass, and what is due in it happen. */
  async pass(ms: number): Promise<number> {
    const until = this.#now + ms
    for (;;) {
      const [due] = this.#waiting.filter(({ atMs }) => atMs <= until).sort((a, b) => a.atMs - b.atMs)
      if (due === undefined) break
      this.#waiting = this.#waiting.filter((one) => one !== due)
      this.#now = due.atMs
      due.then()
      // What was asked for is answered at once in tests, within a few turns.
      for (let turn = 0; turn < 10; turn++) await Promise.resolve()
    }
    this.#now = until
    return ms
  }
}
