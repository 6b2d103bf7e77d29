import type { Clock, Log } from '../../engines/engine.ts'
import { json } from '../../storage/codec.ts'
import type { Store } from '../../storage/store.ts'

interface LeaseRow {
  readonly node: string
  /** Milliseconds since the epoch; from then on any node may take it. */
  readonly untilMs: number
}

const leaseCodec = json<LeaseRow>()
const PATH = 'periodic/lease'
/** Longer than the time between two rounds, so that the node that has the work keeps it. */
const HELD_MS = 150_000

/**
 * Lets one node at a time do what is to be done once in a while. A node that is paused past its time may find another at
 * the same work: each piece is a transaction of its own, which the later of the two finds done.
 */
export class PeriodicLease {
  readonly #store: Store
  readonly #clock: Clock
  readonly #node: string
  readonly #log: Log

  constructor(store: Store, clock: Clock, node: string, log: Log) {
    this.#store = store
    this.#clock = clock
    this.#node = node
    this.#log = log
  }

  /** Runs each piece of work if this node has the lease or can take it. One that fails does not stop the others. */
  async run(work: readonly { readonly name: string; run(): Promise<unknown> | undefined }[]): Promise<void> {
    if (!(await this.#take())) return
    for (const piece of work) {
      try {
        await piece.run()
      } catch (error) {
        this.#log.warn({ job: piece.name, err: error }, 'a periodic job failed; it runs again later')
      }
    }
  }

  #take(): Promise<boolean> {
    return this.#store.transaction(async (tx) => {
      const nowMs = this.#clock.now()
      const held = await tx.get(PATH, leaseCodec)
      if (held !== undefined && held.node !== this.#node && held.untilMs > nowMs) return false
      tx.put(PATH, { node: this.#node, untilMs: nowMs + HELD_MS }, leaseCodec)
      return true
    })
  }
}
