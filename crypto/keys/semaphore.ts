/**
 * Lets a few be under way at one time, in the order in which they come. A permit that is given back goes to who is next in the
 * following turn of the event loop: what each does is a piece of work of its own, and others are served in between.
 */
export class Semaphore {
  #free: number
  readonly #waiting: (() => void)[] = []
  readonly #permits: number

  constructor(permits: number) {
    this.#permits = permits
    this.#free = permits
  }

  /** Nobody has a permit or waits for one. */
  get isIdle(): boolean {
    return this.#free === this.#permits
  }

  /** Resolves with the caller's permit, at once where one is free. Who has it gives it back, once. */
  acquire(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#free === 0) this.#waiting.push(resolve)
      else {
        this.#free--
        resolve()
      }
    })
  }

  /** `returned`: told when the permit is with the next, or free. */
  release(returned: () => void): void {
    setImmediate(() => {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free++
      else next()
      returned()
    })
  }
}
