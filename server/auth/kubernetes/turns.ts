import type { Clock } from '../../../engines/engine.ts'

/** How many may wait for their turn, and how long what they wait for is still of use. */
const WAITING_MAX = 5_000
const WAIT_MAX_MS = 30_000

export class TooManyWait extends Error {
  override readonly name = 'TooManyWait'
}

interface Waiting {
  readonly sinceMs: number
  readonly go: () => void
  readonly give: (error: Error) => void
}

/** So many pieces of work at a time; the others wait, first come first served. */
export class Turns {
  readonly #clock: Clock
  readonly #waiting: Waiting[] = []
  #free: number

  constructor(atATime: number, clock: Clock) {
    this.#free = atATime
    this.#clock = clock
  }

  /** Rejects with TooManyWait where too many are before it, or it waited for too long. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--
    else await this.#turn()
    try {
      return await work()
    } finally {
      this.#pass()
    }
  }

  #turn(): Promise<void> {
    if (this.#waiting.length >= WAITING_MAX) throw new TooManyWait('too many wait for the API server')
    const sinceMs = this.#clock.now()
    return new Promise((go, give) => this.#waiting.push({ sinceMs, go, give }))
  }

  #pass(): void {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (this.#clock.now() - next.sinceMs <= WAIT_MAX_MS) {
        next.go()
        return
      }
      next.give(new TooManyWait('the API server is too slow'))
    }
    this.#free++
  }
}
