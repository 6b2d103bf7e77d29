import { deleteBelow } from '../../../storage/pages.ts'
import type { Store } from '../../../storage/store.ts'
import type { LeaseManager } from '../leases/lease-manager.ts'
import { tokenRows } from './entry.ts'
import type { Belongings } from './revoker.ts'

/** Ends what a token left in a namespace below. Does nothing when the namespace is gone. False: it is sealed. */
export type EndBelow = (namespaceId: string, tokenHash: string) => Promise<boolean>

/** What a token leaves behind: the leases of secrets it was given, its cubbyhole, and all it left in namespaces below. */
export class TokenBelongings implements Belongings {
  readonly #leases: LeaseManager
  readonly #cubbyhole: () => Promise<Store | undefined>

  readonly #store: Store
  readonly #endBelow: EndBelow

  /** `store`: the namespace's view. `cubbyhole`: the store of the cubbyhole mount. */
  constructor(store: Store, leases: LeaseManager, cubbyhole: () => Promise<Store | undefined>, endBelow: EndBelow) {
    this.#store = store
    this.#endBelow = endBelow
    this.#leases = leases
    this.#cubbyhole = cubbyhole
  }

  async release(tokenHash: string): Promise<boolean> {
    await this.#leases.revokeByToken(tokenHash)
    const cubbyhole = await this.#cubbyhole()
    if (cubbyhole !== undefined) await deleteBelow(cubbyhole, `${tokenHash}/`)
    const below = tokenRows.namespacesBelow(tokenHash)
    let isAll = true
    for (const namespaceId of await this.#store.list(below)) {
      if (await this.#endBelow(namespaceId, tokenHash)) {
        await this.#store.transaction(async (tx) => tx.delete(below + namespaceId))
      } else isAll = false
    }
    return isAll
  }
}
