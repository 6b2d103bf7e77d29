import type { Clock } from '../../../engines/engine.ts'
import type { Store, Tx } from '../../../storage/store.ts'
import type { TokenEntry } from '../../auth/token/service.ts'
import { leaseRows } from '../leases/rows.ts'
import { type LifeEvents, UNOBSERVED } from '../life-events.ts'
import { isShort } from './accessors.ts'
import { isExpired, revokingCodec, SPENT, tokenCodec, tokenRows } from './entry.ts'
import { tokenLeaseId } from './token-store.ts'

/** What a token leaves behind: its leases and its cubbyhole. Must succeed when called again after a crash. */
export interface Belongings {
  /** False: some of it lies in a namespace that is sealed, and is left until it is not. */
  release(tokenHash: string): Promise<boolean>
}

/** What could not be released, or spares children, is looked at again after so long. */
const LEFT_MS = 60_000

export interface RevokerOptions {
  readonly store: Store
  readonly clock: Clock
  readonly belongings: Belongings
  readonly events?: LifeEvents
}

/** Asked in the transaction that ends something: whether the cause to do so still holds. */
export type MayRevoke = (tx: Tx) => Promise<boolean>

/** A token on its way out. */
interface Leaving {
  readonly hash: string
  /** Where it hangs; absent: not known, or nowhere. */
  readonly parent?: string
  readonly sparesChildren?: true
}

/**
 * Ends tokens and what hangs on them. The token's own row goes first, so from then on no node takes it and no child can
 * be made under it; a `revoking` row, due at once, lets the sweeper of any node finish what a crash cut short.
 */
export class TokenRevoker {
  readonly #store: Store
  readonly #clock: Clock
  readonly #belongings: Belongings
  readonly #events: LifeEvents

  constructor(options: RevokerOptions) {
    this.#store = options.store
    this.#clock = options.clock
    this.#belongings = options.belongings
    this.#events = options.events ?? UNOBSERVED
  }

  /**
   * The token, its children and theirs. Resolves when none of them is valid any more and their belongings are released, or
   * when `mayRevoke` says no.
   */
  async revokeTree(hash: string, mayRevoke?: MayRevoke): Promise<void> {
    if (await this.#begin({ hash }, undefined, mayRevoke)) await this.#cascade(hash)
  }

  /** As `revokeTree`, if the token has expired or is spent: it may have been renewed since it was found due. */
  async revokeEnded(hash: string): Promise<void> {
    if (await this.#begin({ hash }, (entry) => this.#hasEnded(entry))) await this.#cascade(hash)
  }

  /** The token alone; its children become orphans, those that are made meanwhile too. */
  async revokeOrphaning(hash: string): Promise<void> {
    // Most of them while it lives, since in a namespace below no child of a token that is gone is let in.
    await this.#orphanChildren(hash)
    await this.#begin({ hash, sparesChildren: true })
    await this.resume(hash)
  }

  /** Finishes what was begun, as it was begun. */
  async resume(hash: string): Promise<void> {
    const marker = await this.#store.get(tokenRows.revoking(hash), revokingCodec)
    if (marker?.sparesChildren === undefined) return this.revokeTree(hash)
    await this.#orphanChildren(hash)
    await this.#finish(hash)
  }

  #hasEnded(entry: TokenEntry): boolean {
    return entry.numUses === SPENT || isExpired(entry, this.#clock.now())
  }

  /** Goes on from a token that is begun. */
  async #cascade(root: string): Promise<void> {
    const begun = [root]
    for (let at = 0; at < begun.length; at++) {
      const parent = begun[at] as string
      for (const hash of await this.#store.list(tokenRows.children(parent))) {
        await this.#begin({ hash, parent })
        begun.push(hash)
      }
    }
    // Children before parents: as long as a child is unfinished, its parent's marker stands.
    for (const hash of begun.reverse()) await this.#finish(hash)
  }

  /** Takes the token out of use. With `isDue`: only if it is still there and this says so, else the answer is false. */
  async #begin(
    { hash, parent = '', sparesChildren }: Leaving,
    isDue?: (entry: TokenEntry) => boolean,
    mayRevoke?: MayRevoke,
  ): Promise<boolean> {
    let isGone = false
    const isBegun = await this.#store.transaction(async (tx) => {
      if (mayRevoke !== undefined && !(await mayRevoke(tx))) return false
      const entry = await tx.get(tokenRows.token(hash), tokenCodec)
      if (isDue !== undefined && (entry === undefined || !isDue(entry))) return false
      // An earlier attempt, cut short, knew where the token hangs.
      const marker = await tx.get(tokenRows.revoking(hash), revokingCodec)
      if (entry !== undefined) deleteRows(tx, hash, entry)
      const hangsOn = entry?.parent || marker?.parent || parent
      const spares = entry === undefined ? marker?.sparesChildren : sparesChildren
      const revoking = { parent: hangsOn, ...(spares && { sparesChildren: spares }) }
      // A sweeper of a version that knows no spared children is to come only after a crash.
      const expiresAtMs = this.#clock.now() + (spares ? LEFT_MS : 0)
      tx.put(tokenRows.revoking(hash), revoking, revokingCodec, { expiresAtMs })
      isGone = entry !== undefined
      return true
    })
    if (isGone) this.#events.tokenEnded(isDue === undefined ? 'revoked' : 'expired')
    return isBegun
  }

  async #finish(hash: string): Promise<void> {
    if (!(await this.#belongings.release(hash))) return this.#leave(hash)
    await this.#store.transaction(async (tx) => {
      const marker = await tx.get(tokenRows.revoking(hash), revokingCodec)
      if (marker !== undefined && marker.parent !== '') tx.delete(tokenRows.child(marker.parent, hash))
      tx.delete(tokenRows.revoking(hash))
    })
  }

  /** The token is out of use; a sweeper sees to the rest of it later. */
  async #leave(hash: string): Promise<void> {
    const expiresAtMs = this.#clock.now() + LEFT_MS
    await this.#store.transaction(async (tx) => {
      const marker = await tx.get(tokenRows.revoking(hash), revokingCodec)
      if (marker !== undefined) tx.put(tokenRows.revoking(hash), marker, revokingCodec, { expiresAtMs })
    })
  }

  async #orphanChildren(parent: string): Promise<void> {
    for (const hash of await this.#store.list(tokenRows.children(parent))) await this.#orphan(parent, hash)
  }

  async #orphan(parent: string, hash: string): Promise<void> {
    await this.#store.transaction(async (tx) => {
      const stored = await tx.entry(tokenRows.token(hash), tokenCodec)
      if (stored !== undefined) {
        const orphaned: TokenEntry = { ...stored.value, parent: '' }
        tx.put(tokenRows.token(hash), orphaned, tokenCodec, { expiresAtMs: stored.expiresAtMs })
      }
      tx.delete(tokenRows.child(parent, hash))
    })
  }
}

function deleteRows(tx: Tx, hash: string, entry: TokenEntry): void {
  tx.delete(tokenRows.token(hash))
  if (!isShort(hash)) tx.delete(tokenRows.accessor(entry.accessor))
  tx.delete(leaseRows.lease(tokenLeaseId(entry, hash)))
}
