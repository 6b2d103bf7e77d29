import type { Clock } from '../../engines/engine.ts'
import type { Revision } from '../../storage/backend.ts'
import { json } from '../../storage/codec.ts'
import type { Store } from '../../storage/store.ts'

interface LeaseRow {
  readonly node: string
  /** Milliseconds since the epoch by the holder's clock; from then on any node may take it. */
  readonly untilMs: number
}

const leaseCodec = json<LeaseRow>()

export interface NodeLeaseOptions {
  readonly store: Store
  readonly clock: Clock
  readonly node: string
  /** Where its row lies. */
  readonly path: string
  readonly heldMs: number
}

/**
 * Lets one node at a time do a kind of work. The row's revision is the fence: each holder writes it anew, and whoever
 * finds another's name in it has lost. A node that is paused past its time may find another at the same work; each piece
 * of work is a transaction of its own, which the later of the two finds done.
 *
 * Clocks need not agree: a lease that nobody has written for its whole time, as this node saw it, is free whatever it says.
 */
export class NodeLease {
  readonly #options: NodeLeaseOptions
  #seen: { readonly revision: Revision; readonly sinceMs: number } | undefined

  constructor(options: NodeLeaseOptions) {
    this.#options = options
  }

  /** Whether this node has the lease, or could take it. It is written anew when a third of its time is over. */
  take(): Promise<boolean> {
    const { store, clock, node, path, heldMs } = this.#options
    return store.transaction(async (tx) => {
      const nowMs = clock.now()
      const held = await tx.entry(path, leaseCodec)
      if (held?.value.node === node && isFar(held.value.untilMs - nowMs, heldMs)) return true
      if (held !== undefined && held.value.node !== node && !this.#isFree(held.value, held.revision, nowMs))
        return false
      tx.put(path, { node, untilMs: nowMs + heldMs }, leaseCodec)
      return true
    })
  }

  #isFree({ untilMs }: LeaseRow, revision: Revision, nowMs: number): boolean {
    if (untilMs <= nowMs) return true
    // A clock that was set back begins anew.
    if (this.#seen?.revision !== revision || this.#seen.sinceMs > nowMs) this.#seen = { revision, sinceMs: nowMs }
    return nowMs - this.#seen.sinceMs >= this.#options.heldMs
  }
}

function isFar(leftMs: number, heldMs: number): boolean {
  return leftMs > (heldMs * 2) / 3 && leftMs <= heldMs
}
