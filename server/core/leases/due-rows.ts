import type { Clock } from '../../../engines/engine.ts'
import { encoded } from '../../../storage/codec.ts'
import type { Store } from '../../../storage/store.ts'
import type { MountManager } from '../mounts/mount-manager.ts'
import { MOVES, REMOVALS } from '../mounts/mount-transitions.ts'
import { MOUNT_ROWS } from '../mounts/router.ts'
import { KEY_HOLDERS } from '../namespaces/key-holders.ts'
import { tokenRows } from '../tokens/entry.ts'
import type { TokenRevoker } from '../tokens/revoker.ts'
import type { LeaseManager } from './lease-manager.ts'
import { leaseRows } from './rows.ts'

/** Who sees to the rows of one namespace that are due. */
export interface DueOwner {
  /** `path` is relative to the namespace. Rejects when it has to be tried again. */
  settle(path: string): Promise<void>
}

/** Sees to due rows below a prefix; `name` is what stands behind it. */
type Settle = (name: string) => Promise<void>

export interface DueRowsOptions {
  readonly store: Store
  readonly clock: Clock
  readonly revoker: TokenRevoker
  readonly leases: LeaseManager
  readonly mounts: MountManager
  /** Of other parts of the server, by prefix ending in '/'. */
  readonly others?: Readonly<Record<string, Settle>> | undefined
}

/** The due rows of a namespace, each kind given to whom it belongs. */
export class DueRows implements DueOwner {
  readonly #store: Store
  readonly #clock: Clock
  readonly #owners: readonly (readonly [prefix: string, settle: Settle])[]

  constructor({ store, clock, revoker, leases, mounts, others = {} }: DueRowsOptions) {
    this.#store = store
    this.#clock = clock
    this.#owners = [
      [tokenRows.token(''), (hash) => revoker.revokeEnded(hash)],
      [tokenRows.revoking(''), (hash) => revoker.resume(hash)],
      [leaseRows.all, (id) => leases.expire(id)],
      [REMOVALS, (uuid) => mounts.resume(REMOVALS + uuid)],
      [MOVES, (id) => mounts.resume(MOVES + id)],
      [KEY_HOLDERS, (process) => this.#deleteDue(KEY_HOLDERS + process)],
      // What an engine gave a time has none of its own to see to it.
      [MOUNT_ROWS, (path) => this.#deleteDue(MOUNT_ROWS + path)],
      ...Object.entries(others),
    ]
  }

  async settle(path: string): Promise<void> {
    const owner = this.#owners.find(([prefix]) => path.startsWith(prefix))
    if (owner === undefined) throw new Error('no part of the server sees to this row')
    const [prefix, settle] = owner
    await settle(path.slice(prefix.length))
  }

  #deleteDue(path: string): Promise<void> {
    return this.#store.transaction(async (tx) => {
      // Only the time of the row matters.
      const stored = await tx.entry(path, encoded)
      if (stored?.expiresAtMs !== undefined && stored.expiresAtMs <= this.#clock.now()) tx.delete(path)
    })
  }
}
