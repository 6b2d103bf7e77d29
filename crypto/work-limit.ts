/** How much slow work runs and waits. */
export interface WorkLimits {
  /** Pieces of work at a time. */
  readonly running: number
  /** Pieces of work that may wait. */
  readonly waiting: number
  /** What who comes after those is told. */
  readonly overloaded: () => Error
}

/**
 * For slow work on the threads of Node's pool, which files and other keys need as well: little of it runs at a time, a bounded
 * number waits, first come first served.
 */
export class WorkLimit {
  readonly #limits: WorkLimits
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(limits: WorkLimits) {
    this.#limits = limits
  }

  /** Does the work when it is its turn. Rejects with `overloaded` where too much waits already, or as the work does. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#limits.running) this.#running++
    else if (this.#waiting.length >= this.#limits.waiting) throw this.#limits.overloaded()
    // Whoever ends hands over its place, so that nobody who comes later gets in between.
    else await new Promise<void>((admit) => this.#waiting.push(admit))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }
}
