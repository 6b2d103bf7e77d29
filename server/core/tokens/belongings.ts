import type { Store } from '../../../storage/store.ts'
import { deleteBelow } from '../delete-below.ts'
import type { LeaseManager } from '../leases/lease-manager.ts'
import type { Belongings } from './revoker.ts'

/** What a token leaves behind: the leases of secrets it was given, and its cubbyhole. */
export class TokenBelongings implements Belongings {
  readonly #leases: LeaseManager
  readonly #cubbyhole: () => Promise<Store | undefined>

  /** `cubbyhole`: the store of the cubbyhole mount. */
  constructor(leases: LeaseManager, cubbyhole: () => Promise<Store | undefined>) {
    this.#leases = leases
    this.#cubbyhole = cubbyhole
  }

  async release(tokenHash: string): Promise<void> {
    await this.#leases.revokeByToken(tokenHash)
    const cubbyhole = await this.#cubbyhole()
    if (cubbyhole !== undefined) await deleteBelow(cubbyhole, `${tokenHash}/`)
  }
}
