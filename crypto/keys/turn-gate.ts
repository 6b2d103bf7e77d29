/** Lets a few through in each turn of the event loop, in the order in which they come: others are served in between. */
export class TurnGate {
  readonly #perTurn: number
  /** How many more may pass in this turn; nobody waits while some may. */
  #left: number
  readonly #waiting: (() => void)[] = []
  #isTurnDue = false

  constructor(perTurn: number) {
    this.#perTurn = perTurn
    this.#left = perTurn
  }

  /** Resolves when it is the caller's turn, at once where nobody is before them. */
  pass(): Promise<void> {
    this.#callTurn()
    return new Promise((resolve) => {
      if (this.#left === 0) this.#waiting.push(resolve)
      else {
        this.#left--
        resolve()
      }
    })
  }

  #callTurn(): void {
    if (this.#isTurnDue) return
    this.#isTurnDue = true
    setImmediate(() => {
      this.#isTurnDue = false
      const next = this.#waiting.splice(0, this.#perTurn)
      this.#left = this.#perTurn - next.length
      for (const go of next) go()
      // Also where nobody is left: whoever comes in that turn finds it empty.
      if (next.length > 0) this.#callTurn()
    })
  }
}
