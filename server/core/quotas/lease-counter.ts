import type { Clock } from '../../../engines/engine.ts'
import { EgideError } from '../../../engines/errors.ts'

const COUNT_KEPT_MS = 10_000
/** So many processes may make leases at one time without going far over the bound. */
const PROCESSES_MAX = 16

/** Counts the leases at one place, so that this process makes no more than there may be. */
export class LeaseCounter {
  readonly #clock: Clock
  #count = 0
  #countedMs = Number.NEGATIVE_INFINITY
  #added = 0
  /** Those that were let in and may not be in storage yet. */
  #making = 0
  #turn: Promise<void> = Promise.resolve()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * What `make` comes to, unless there are `max` leases: then rejects with `rate_limited`. `count`: how many there are in
   * storage, of which more than `max` need not be counted. Near the bound one is counted and made after the other, since
   * many that are counted at once would all find the same place free.
   */
  async make<T>(max: number, count: () => Promise<number>, make: () => Promise<T>): Promise<T> {
    if (this.#isFarBelow(max)) return this.#made(make)
    const before = this.#turn
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#turn = promise
    await before
    try {
      if (this.#isFarBelow(max)) {
        resolve()
        return await this.#made(make)
      }
      this.#count = await count()
      this.#countedMs = this.#clock.now()
      this.#added = 1
      if (this.#count + this.#making >= max) throw new EgideError('rate_limited', 'lease count quota exceeded')
      return await this.#made(make)
    } finally {
      resolve()
    }
  }

  async #made<T>(make: () => Promise<T>): Promise<T> {
    this.#making++
    try {
      return await make()
    } finally {
      this.#making--
    }
  }

  /** Far from the bound, what was counted a moment ago is good enough. */
  #isFarBelow(max: number): boolean {
    if (Math.abs(this.#clock.now() - this.#countedMs) > COUNT_KEPT_MS) return false
    if (this.#count + this.#added * PROCESSES_MAX >= max) return false
    this.#added++
    return true
  }
}
