import type { Clock } from '../../../engines/engine.ts'
import { json } from '../../../storage/codec.ts'
import type { Store } from '../../../storage/store.ts'
import type { TokenEntry } from '../../auth/token/service.ts'
import { leaseRows } from '../leases/rows.ts'
import { tokenCodec, tokenRows } from './entry.ts'
import { tokenLeaseId } from './token-store.ts'

interface RevokingEntry {
  /** So that the row under the parent goes last. */
  readonly parent: string
}
const revokingCodec = json<RevokingEntry>()

/** What a token leaves behind: its leases and its cubbyhole. Must succeed when called again after a crash. */
export interface Belongings {
  release(tokenHash: string): Promise<void>
}

export interface RevokerOptions {
  readonly store: Store
  readonly clock: Clock
  readonly belongings: Belongings
}

/**
 * Ends tokens and what hangs on them. The token's own row goes first, so from then on no node takes it and no child can
 * be made under it; a `revoking` row, due at once, lets the sweeper of any node finish what a crash cut short.
 */
export class TokenRevoker {
  readonly #store: Store
  readonly #clock: Clock
  readonly #belongings: Belongings

  constructor(options: RevokerOptions) {
    this.#store = options.store
    this.#clock = options.clock
    this.#belongings = options.belongings
  }

  /** The token, its children and theirs. Resolves when none of them is valid any more and their belongings are released. */
  async revokeTree(hash: string): Promise<void> {
    const pending = [hash]
    const begun: string[] = []
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      begun.push(next)
      await this.#begin(next)
      pending.push(...(await this.#store.list(tokenRows.children(next))))
    }
    // Children before parents: as long as a child is unfinished, its parent's marker stands.
    for (const done of begun.reverse()) await this.#finish(done)
  }

  /** The token alone; its children become orphans. */
  async revokeOrphaning(hash: string): Promise<void> {
    for (const child of await this.#store.list(tokenRows.children(hash))) await this.#orphan(hash, child)
    await this.revokeTree(hash)
  }

  async #begin(hash: string): Promise<void> {
    await this.#store.transaction(async (tx) => {
      const entry = await tx.get(tokenRows.token(hash), tokenCodec)
      if (entry !== undefined) {
        tx.delete(tokenRows.token(hash))
        tx.delete(tokenRows.accessor(entry.accessor))
        tx.delete(leaseRows.lease(tokenLeaseId(entry, hash)))
      }
      tx.put(tokenRows.revoking(hash), { parent: entry?.parent ?? '' }, revokingCodec, {
        expiresAtMs: this.#clock.now(),
      })
    })
  }

  async #finish(hash: string): Promise<void> {
    await this.#belongings.release(hash)
    await this.#store.transaction(async (tx) => {
      const marker = await tx.get(tokenRows.revoking(hash), revokingCodec)
      if (marker !== undefined && marker.parent !== '') tx.delete(tokenRows.child(marker.parent, hash))
      tx.delete(tokenRows.revoking(hash))
    })
  }

  async #orphan(parent: string, hash: string): Promise<void> {
    await this.#store.transaction(async (tx) => {
      const entry = await tx.get(tokenRows.token(hash), tokenCodec)
      if (entry !== undefined) {
        const orphaned: TokenEntry = { ...entry, parent: '' }
        tx.put(tokenRows.token(hash), orphaned, tokenCodec, { expiresAtMs: entry.expiresAtMs || undefined })
      }
      tx.delete(tokenRows.child(parent, hash))
    })
  }
}
