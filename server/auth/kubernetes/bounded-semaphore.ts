import type { Clock } from '../../../engines/engine.ts'

/** How many may wait for a permit, and how long: a login is of no use any more after that. */
const WAITING_MAX = 5_000
const WAIT_MAX_MS = 30_000

/** Too many wait for a permit already, or this one waited for too long. The message says which. */
export class SemaphoreOverloaded extends Error {
  override readonly name = 'SemaphoreOverloaded'
}

interface Waiting {
  readonly sinceMs: number
  readonly admit: () => void
  readonly reject: (error: Error) => void
}

/** Runs so many pieces of work at a time; the others wait, first come first served. */
export class BoundedSemaphore {
  readonly #clock: Clock
  readonly #waiting: Waiting[] = []
  #free: number

  constructor(permits: number, clock: Clock) {
    this.#free = permits
    this.#clock = clock
  }

  /** Rejects with SemaphoreOverloaded, or as the work does. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--
    else await this.#acquire()
    try {
      return await work()
    } finally {
      this.#release()
    }
  }

  #acquire(): Promise<void> {
    if (this.#waiting.length >= WAITING_MAX) throw new SemaphoreOverloaded('too many wait for the API server')
    const sinceMs = this.#clock.now()
    return new Promise((admit, reject) => this.#waiting.push({ sinceMs, admit, reject }))
  }

  #release(): void {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (this.#clock.now() - next.sinceMs <= WAIT_MAX_MS) {
        next.admit()
        return
      }
      next.reject(new SemaphoreOverloaded('the API server is too slow'))
    }
    this.#free++
  }
}
