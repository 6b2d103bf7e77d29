/** Whose work it is: an account's, and the mount's that the account is of. */
export interface Owner {
  readonly mount: string
  readonly account: string
}

interface Waiting {
  readonly owner: Owner
  /** False: who has less to do got the place in the line. */
  readonly end: (hasPlace: boolean) => void
}

const accountKey = ({ mount, account }: Owner): string => `${mount}:${account}`

/** How much of it there is, by mount and by account. */
class Tally {
  readonly #counts = new Map<string, number>()

  count(owner: Owner, by: 1 | -1): void {
    for (const key of [owner.mount, accountKey(owner)]) {
      const sum = (this.#counts.get(key) ?? 0) + by
      if (sum === 0) this.#counts.delete(key)
      else this.#counts.set(key, sum)
    }
  }

  ofMount({ mount }: Owner): number {
    return this.#counts.get(mount) ?? 0
  }

  ofAccount(owner: Owner): number {
    return this.#counts.get(accountKey(owner)) ?? 0
  }
}

/**
 * A number of places for work, and a line before them. A place goes to the mount that holds the fewest, there to the account that
 * holds the fewest, and of those to whose turn is longest ago: an account with much that is slow holds up itself, and others
 * by one piece of it at most. Where the line is full, who has the most in it makes room for who has less.
 */
export class FairSemaphore {
  #free: number
  readonly #waitingMax: number
  readonly #waitingMaxOfOne: number
  readonly #held = new Tally()
  readonly #inLine = new Tally()
  readonly #waiting: Waiting[] = []
  /** When accounts that have more in the line had their last turn, as the number of that turn. */
  readonly #turns = new Map<string, number>()
  #turn = 0

  constructor(places: number, waitingMax: number, waitingMaxOfOne: number) {
    this.#free = places
    this.#waitingMax = waitingMax
    this.#waitingMaxOfOne = waitingMaxOfOne
  }

  /** Does the work as soon as there is a place. Does nothing where too much waits, in all or of this owner. */
  async take(owner: Owner, work: () => Promise<void>): Promise<void> {
    if (this.#free > 0) {
      this.#free--
      this.#held.count(owner, 1)
    } else if (!this.#mayWait(owner) || !(await this.#wait(owner))) return
    try {
      await work()
    } finally {
      this.#held.count(owner, -1)
      this.#passOn()
    }
  }

  #mayWait(owner: Owner): boolean {
    if (this.#inLine.ofAccount(owner) >= this.#waitingMaxOfOne) return false
    return this.#waiting.length < this.#waitingMax || this.#makesRoom(owner)
  }

  /** Sends the last of those away that have the most in the line, unless this owner would have as much then. */
  #makesRoom(owner: Owner): boolean {
    const inLine = this.#inLine
    const last = lowest(this.#waiting.toReversed(), (one) => [-inLine.ofMount(one.owner), -inLine.ofAccount(one.owner)])
    if (last === undefined) return false
    const isOfOneMount = last.owner.mount === owner.mount
    const less = isOfOneMount ? inLine.ofAccount(owner) : inLine.ofMount(owner)
    const most = isOfOneMount ? inLine.ofAccount(last.owner) : inLine.ofMount(last.owner)
    if (less + 1 >= most) return false
    this.#leave(last)
    last.end(false)
    return true
  }

  #wait(owner: Owner): Promise<boolean> {
    return new Promise((end) => {
      this.#waiting.push({ owner, end })
      this.#inLine.count(owner, 1)
    })
  }

  #leave(one: Waiting): void {
    this.#waiting.splice(this.#waiting.indexOf(one), 1)
    this.#inLine.count(one.owner, -1)
    if (this.#inLine.ofAccount(one.owner) === 0) this.#turns.delete(accountKey(one.owner))
  }

  #passOn(): void {
    const held = this.#held
    const next = lowest(this.#waiting, ({ owner }) => [
      held.ofMount(owner),
      held.ofAccount(owner),
      this.#turns.get(accountKey(owner)) ?? 0,
    ])
    if (next === undefined) {
      this.#free++
      return
    }
    this.#turns.set(accountKey(next.owner), ++this.#turn)
    this.#leave(next)
    held.count(next.owner, 1)
    next.end(true)
  }
}

/** The first of those whose rank is the lowest; of ranks the first number that differs decides. */
function lowest(all: readonly Waiting[], rankOf: (one: Waiting) => readonly number[]): Waiting | undefined {
  let found: { readonly one: Waiting; readonly rank: readonly number[] } | undefined
  for (const one of all) {
    const rank = rankOf(one)
    if (found === undefined || isLower(rank, found.rank)) found = { one, rank }
  }
  return found?.one
}

function isLower(rank: readonly number[], than: readonly number[]): boolean {
  const at = rank.findIndex((number, index) => number !== than[index])
  return at >= 0 && (rank[at] ?? 0) < (than[at] ?? 0)
}
