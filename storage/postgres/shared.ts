/** Queries under way at a time; who comes when there are so many shares the next one. */
const UNDER_WAY_MAX = 2

/** One query that has not been sent. */
interface Gathering<Item, Answer> {
  readonly items: Set<Item>
  readonly answer: Promise<Answer>
  readonly send: (answer: Promise<Answer>) => void
}

/**
 * Lets all who ask in one turn of the event loop, or while others are being answered, share one query. A query is sent
 * after the last who shares it has asked, so it sees whatever was committed before.
 */
export class Shared<Item, Answer> {
  readonly #query: (items: readonly Item[]) => Promise<Answer>
  readonly #itemsMax: number
  #gathering: Gathering<Item, Answer> | undefined
  #waiting: Gathering<Item, Answer>[] = []
  #underWay = 0
  #isScheduled = false

  constructor(query: (items: readonly Item[]) => Promise<Answer>, itemsMax: number) {
    this.#query = query
    this.#itemsMax = itemsMax
  }

  ask(item: Item): Promise<Answer> {
    const gathering = this.#gathering ?? this.#begin()
    gathering.items.add(item)
    if (gathering.items.size === this.#itemsMax && this.#itemsMax > 1) this.#gathering = undefined // full
    return gathering.answer
  }

  #begin(): Gathering<Item, Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>()
    const gathering = { items: new Set<Item>(), answer: promise, send: resolve }
    this.#gathering = gathering
    this.#waiting.push(gathering)
    this.#schedule()
    return gathering
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#sendWaiting()
    })
  }

  #sendWaiting(): void {
    while (this.#underWay < UNDER_WAY_MAX) {
      const gathering = this.#waiting.shift()
      if (gathering === undefined) return
      if (this.#gathering === gathering) this.#gathering = undefined
      this.#underWay++
      const answer = this.#query([...gathering.items])
      gathering.send(answer)
      const done = () => {
        this.#underWay--
        if (this.#waiting.length > 0) this.#schedule()
      }
      answer.then(done, done)
    }
  }
}
