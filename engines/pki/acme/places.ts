interface Waiting {
  readonly owner: string
  readonly begin: () => void
}

/**
 * A number of places for work, which go to whoever has the fewest of them, and of those to who has waited longest: an
 * account with much that is slow holds up itself, and others by one piece of it at most.
 */
export class Places {
  #free: number
  readonly #waitingMax: number
  readonly #waitingMaxOfOne: number
  readonly #held = new Map<string, number>()
  readonly #waiting: Waiting[] = []

  constructor(places: number, waitingMax: number, waitingMaxOfOne: number) {
    this.#free = places
    this.#waitingMax = waitingMax
    this.#waitingMaxOfOne = waitingMaxOfOne
  }

  /** Does the work as soon as there is a place. Does nothing where too many wait, in all or of this owner. */
  async take(owner: string, work: () => Promise<void>): Promise<void> {
    if (this.#free > 0) {
      this.#free--
      this.#count(owner, 1)
    } else if (this.#mayWait(owner)) await new Promise<void>((begin) => this.#waiting.push({ owner, begin }))
    else return
    try {
      await work()
    } finally {
      this.#count(owner, -1)
      this.#passOn()
    }
  }

  #mayWait(owner: string): boolean {
    const own = this.#waiting.reduce((sum, waiting) => sum + (waiting.owner === owner ? 1 : 0), 0)
    return this.#waiting.length < this.#waitingMax && own < this.#waitingMaxOfOne
  }

  #passOn(): void {
    const [first, ...others] = this.#waiting
    if (first === undefined) {
      this.#free++
      return
    }
    let next = first
    for (const one of others) if (this.#heldBy(one.owner) < this.#heldBy(next.owner)) next = one
    this.#waiting.splice(this.#waiting.indexOf(next), 1)
    this.#count(next.owner, 1)
    next.begin()
  }

  #heldBy(owner: string): number {
    return this.#held.get(owner) ?? 0
  }

  #count(owner: string, by: number): void {
    const held = this.#heldBy(owner) + by
    if (held === 0) this.#held.delete(owner)
    else this.#held.set(owner, held)
  }
}
