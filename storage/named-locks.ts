/**
 * A lock for each name, granted in the order in which it was asked for. Transactions that conflicted lock the path they met
 * on, so that of many on one path each round brings one forward, and none starves.
 */
export class NamedLocks {
  readonly #last = new Map<string, Promise<void>>()

  /** Resolves when the caller has the lock, with the function that releases it. */
  async take(name: string): Promise<() => void> {
    const before = this.#last.get(name)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#last.set(name, promise)
    await before
    return () => {
      if (this.#last.get(name) === promise) this.#last.delete(name)
      resolve()
    }
  }
}

/** The one lock that somebody holds, if any. */
export class HeldLock {
  readonly #locks: NamedLocks
  #name: string | undefined
  #release: (() => void) | undefined

  constructor(locks: NamedLocks) {
    this.#locks = locks
  }

  /** Releases the lock it has, and takes the one of `name`. False if it has that one already. */
  async moveTo(name: string): Promise<boolean> {
    if (this.#name === name) return false
    this.release() // nobody holds one lock while waiting for another, so there is no deadlock
    this.#release = await this.#locks.take(name)
    this.#name = name
    return true
  }

  release(): void {
    this.#release?.()
    this.#release = undefined
    this.#name = undefined
  }
}
