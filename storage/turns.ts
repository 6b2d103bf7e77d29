/**
 * Lets those who want the same thing have it one after the other, in the order in which they came. Transactions that
 * conflicted take turns, so that of many on one path each round brings one forward, and none starves.
 */
export class Turns {
  readonly #last = new Map<string, Promise<void>>()

  /** Resolves when it is the caller's turn, with the function that ends it. */
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

/** The one turn that somebody holds, if any. */
export class Turn {
  readonly #turns: Turns
  #name: string | undefined
  #end: (() => void) | undefined

  constructor(turns: Turns) {
    this.#turns = turns
  }

  /** Takes the turn at `name`, after giving up the one it has. False if that is the one. */
  async moveTo(name: string): Promise<boolean> {
    if (this.#name === name) return false
    this.end() // nobody holds one turn while waiting for another, so nobody waits in a ring
    this.#end = await this.#turns.take(name)
    this.#name = name
    return true
  }

  end(): void {
    this.#end?.()
    this.#end = undefined
    this.#name = undefined
  }
}
