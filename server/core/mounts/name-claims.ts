import { EgideError, invalid } from '../../../engines/errors.ts'
import { json } from '../../../storage/codec.ts'
import type { Store, Tx } from '../../../storage/store.ts'
import { EMPTY_TABLE, MOUNT_TABLE, mountTableCodec, placesOf } from './table.ts'

const claimCodec = json<Record<never, never>>()
/** In the store of the namespace in which one is made. */
const claimsOf = (name: string): string => `namespace-claims/${name}/`
export const claimRow = (name: string, id: string): string => claimsOf(name) + id

export interface NameClaimsOptions {
  readonly store: Store
  /** As NamespacesBelow.isNamespace. */
  readonly isNamespace: (name: string) => Promise<boolean>
}

/**
 * Keeps a mount and a namespace directly below from getting one name. The records of namespaces lie in root's store, which no
 * transaction shares with a namespace's mount table. Whoever makes a namespace therefore claims its name where the
 * mounts are, before its record is written, and until it is: whichever of the two commits first is the one that is made. A claim
 * that its maker leaves behind goes with the namespace, or with what there is of it.
 */
export class NameClaims {
  readonly #options: NameClaimsOptions

  constructor(options: NameClaimsOptions) {
    this.#options = options
  }

  /** From when this resolves until `release` no mount is made at `name`. `id`: of the namespace. Throws when one is there. */
  async claim(name: string, id: string): Promise<void> {
    await this.#options.store.transaction(async (tx) => {
      const { mounts } = (await tx.get(MOUNT_TABLE, mountTableCodec)) ?? EMPTY_TABLE
      const conflict = mounts.flatMap(placesOf).find((path) => path.startsWith(`${name}/`))
      if (conflict !== undefined)
        throw new EgideError('invalid_request', `new namespace conflicts with existing mount: ${conflict}`)
      tx.put(claimRow(name, id), {}, claimCodec)
    })
  }

  async release(name: string, id: string): Promise<void> {
    await this.#options.store.transaction(async (tx) => tx.delete(claimRow(name, id)))
  }

  /**
   * Throws when a mount at `path` would lie at or below a namespace that is there or being made. Called in the transaction that
   * puts the mount into the table: a claim made or released since then has it run again.
   */
  async refuseClaimed(tx: Tx, path: string): Promise<void> {
    const name = path.slice(0, path.indexOf('/'))
    // The order: who has released a claim has written the record by then.
    const claims = await tx.list(claimsOf(name), { limit: 1 })
    if (claims.length > 0 || (await this.#options.isNamespace(name)))
      throw invalid(`path is already in use at ${name}/`)
  }
}
