import { type Backend, COMMIT_MAX_TRANSACTIONS, type Outcome, StorageError, type Transaction } from './backend.ts'
import { checkTransaction } from './bounds.ts'

/** How much may wait, and how much goes into one group. A transaction larger than a group goes alone. */
const WAITING_MAX = 10_000
const WAITING_MAX_BYTES = 256 * 1024 * 1024
const GROUP_MAX = Math.min(512, COMMIT_MAX_TRANSACTIONS)
const GROUP_MAX_BYTES = 16 * 1024 * 1024

interface Waiting {
  readonly transaction: Transaction
  readonly bytes: number
  readonly landed: (outcome: Outcome) => void
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: unknown) => void
}

/**
 * Gathers transactions into one `commit` of the backend: all that come in one turn of the event loop, and all that come
 * while as many commits are under way as the backend takes.
 */
export class Committer {
  readonly #backend: Backend
  readonly #atOnce: number
  #waiting: Waiting[] = []
  #waitingBytes = 0
  #underWay = 0
  #isRunDue = false
  /** So far: calls of the backend, and the transactions in them. */
  commits = 0
  transactions = 0

  constructor(backend: Backend) {
    this.#backend = backend
    this.#atOnce = backend.commitsAtOnce ?? 1
  }

  /** How many wait for the commit before theirs. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** `landed` is called in the order of the revisions, before any promise of the group resolves. */
  submit(transaction: Transaction, landed: (outcome: Outcome) => void): Promise<Outcome> {
    const bytes = bytesOf(transaction)
    return new Promise((resolve, reject) => {
      checkTransaction(transaction) // before it could fail the others of its group
      if (this.#waiting.length >= WAITING_MAX || this.#waitingBytes + bytes > WAITING_MAX_BYTES) {
        throw new StorageError('refused', 'busy: too many writes are waiting')
      }
      this.#waiting.push({ transaction, bytes, landed, resolve, reject })
      this.#waitingBytes += bytes
      if (this.#isRunDue || this.#underWay >= this.#atOnce) return
      this.#isRunDue = true
      setImmediate(this.#run)
    })
  }

  readonly #run = (): void => {
    this.#isRunDue = false
    while (this.#waiting.length > 0 && this.#underWay < this.#atOnce) void this.#commit(this.#takeGroup())
  }

  #takeGroup(): Waiting[] {
    let count = 0
    let bytes = 0
    for (const { bytes: more } of this.#waiting) {
      if (count === GROUP_MAX || (count > 0 && bytes + more > GROUP_MAX_BYTES)) break
      count++
      bytes += more
    }
    this.#waitingBytes -= bytes
    return this.#waiting.splice(0, count)
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    this.#underWay++
    this.commits++
    this.transactions += group.length
    try {
      const outcomes = await this.#backend.commit(group.map(({ transaction }) => transaction))
      // Two rounds: when the first promise resolves, all caches know of the whole group.
      for (const [at, outcome] of outcomes.entries()) group[at]?.landed(outcome)
      this.#next()
      for (const [at, outcome] of outcomes.entries()) group[at]?.resolve(outcome)
    } catch (error) {
      this.#next()
      for (const { reject } of group) reject(error)
    }
  }

  /** What waits goes off before those whose commit has ended go on: while these are answered, the backend has work. */
  #next(): void {
    this.#underWay--
    if (!this.#isRunDue) this.#run()
  }
}

function bytesOf({ reads, lists, writes }: Transaction): number {
  let bytes = (reads.length + lists.length + writes.length) * 64
  for (const { value } of writes) bytes += value?.byteLength ?? 0
  return bytes
}
